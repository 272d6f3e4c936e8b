-- What pandoc's Typst writer does not do: alternative texts, boxes by class.

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

-- <pre class="typst"> is Typst already: where a table goes.
function CodeBlock(block)
  if block.classes[1] == 'typst' then return pandoc.RawBlock('typst', block.text) end
end
