-- What pandoc's Typst writer does not do: alternative texts, cells by status, boxes by class.

local fills = { near = true, short = true, not_met = true, not_assessed = true }

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('[\r\n]', ' ') .. '"'
end

-- <div class="verdict-met"> becomes #verdict-met[...]; the template defines these functions.
function Div(div)
  local name = div.classes[1]
  if not name then return div.content end
  local blocks = pandoc.Blocks({ pandoc.RawBlock('typst', '#' .. name:gsub('_', '-') .. '[') })
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock('typst', ']'))
  return blocks
end

local function picture(image)
  return '#image(' .. quoted(image.src) .. ', alt: ' .. quoted(pandoc.utils.stringify(image.caption)) .. ')'
end

function Figure(figure)
  local image
  figure.content:walk({ Image = function(found) image = found end })
  if not image then return nil end
  local caption = pandoc.write(pandoc.Pandoc(figure.caption.long), 'typst'):gsub('%s+$', '')
  return pandoc.RawBlock('typst',
    '#figure(' .. picture(image):sub(2) .. ', kind: image, caption: [' .. caption .. '])\n')
end

function Table(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        for _, class in ipairs(cell.attr.classes) do
          if fills[class] then
            cell.attr.attributes['typst:fill'] = 'fills.' .. class:gsub('_', '-')
          end
        end
      end
    end
  end
  local class = tbl.classes[1]
  if class == 'facts' or class == 'tight' then
    return { pandoc.RawBlock('typst', '#' .. class .. '['), tbl, pandoc.RawBlock('typst', ']') }
  end
  return tbl
end
