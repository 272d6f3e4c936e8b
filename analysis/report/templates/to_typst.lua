-- What pandoc's Typst writer does not do: alternative texts, cells by status, boxes by class.

local fills = { near = true, short = true, not_met = true, not_assessed = true }

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('[\r\n]', ' ') .. '"'
end

-- At the start of a cell or paragraph "= 100%" would be a heading, "- x" and "1. x" a list: pandoc does
-- not escape them.
function Str(str)
  if str.text:match('^=+$') or str.text:match('^[-+/]$') then
    return pandoc.RawInline('typst', '\\' .. str.text)
  elseif str.text:match('^%d+%.$') then
    return pandoc.RawInline('typst', (str.text:gsub('%.$', '\\.')))
  end
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

-- Width of a text in half-width characters; Chinese characters count double.
local function width_of(text)
  local width = 0
  for _, code in utf8.codes(text) do width = width + (code > 0x2E7F and 2 or 1) end
  return width
end

-- Typst shrinks the widest of its automatic columns first, which breaks the schools' names in two.
-- A wide table gets columns in proportion to their longest text instead; heads may take more lines.
local function set_widths(tbl)
  local widths, total = {}, 0
  local function consider(row, share, most)
    for i, cell in ipairs(row.cells) do
      local text = pandoc.utils.stringify(cell.contents)
      local width = width_of(text) * share
      -- a word of letters cannot be broken
      for word in text:gmatch('%a+') do width = math.max(width, #word * 0.95) end
      widths[i] = math.max(widths[i] or 4, math.min(width, most))
    end
  end
  for _, row in ipairs(tbl.head.rows) do consider(row, 0.4, 14) end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do consider(row, 1, 34) end
  end
  for _, width in ipairs(widths) do total = total + width + 2 end
  if total < 90 then return end
  for i, spec in ipairs(tbl.colspecs) do tbl.colspecs[i] = { spec[1], (widths[i] + 2) / total } end
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
  if class == 'tight' then set_widths(tbl) end
  if class == 'facts' or class == 'tight' then
    return { pandoc.RawBlock('typst', '#' .. class .. '['), tbl, pandoc.RawBlock('typst', ']') }
  end
  return tbl
end
