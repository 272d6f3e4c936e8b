-- What pandoc's Word writer has to be told: paragraph styles by class, status of cells, heading levels.

local styles = {
  subtitle = 'Subtitle', edition = 'Edition', synthetic = 'Synthetic Note', signature = 'Signature Line',
  ['verdict-met'] = 'Verdict Met', ['verdict-not_met'] = 'Verdict Not Met',
  ['verdict-not_assessed'] = 'Verdict Not Assessed',
}
local fills = { near = 'Status Near', short = 'Status Short', not_met = 'Status Not Met',
  not_assessed = 'Status Not Assessed' }

-- The cover has the title already.
function Meta() return {} end

-- The county's name is the title of the document; chapters are level 1.
function Header(header)
  if header.level == 1 then
    return pandoc.Div({ pandoc.Para(header.content) }, { ['custom-style'] = 'Title' })
  end
  return pandoc.Header(header.level - 1, header.content, pandoc.Attr(header.identifier))
end

function Div(div)
  -- the annexes begin on a page of their own
  if div.classes[1] == 'annexes' then
    return pandoc.RawBlock('openxml', '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
  end
  if div.attributes['custom-style'] then return nil end
  local style = styles[div.classes[1]]
  if not style then return div.content end
  return pandoc.Div(div.content, { ['custom-style'] = style })
end

function Table(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        for _, class in ipairs(cell.attr.classes) do
          if fills[class] then
            cell.contents = cell.contents:walk({ Str = function(str)
              return pandoc.Span({ str }, { ['custom-style'] = fills[class] })
            end })
          end
        end
      end
    end
  end
  tbl.attributes['custom-style'] = tbl.classes[1] == 'tight' and 'Table Tight' or 'Table Plain'
  return tbl
end
