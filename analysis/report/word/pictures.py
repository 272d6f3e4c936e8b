"""The report's pictures in a Word document: drawn once, as wide as the text allows."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from docx.shared import Emu, Mm

from ...base.files import N_, problem
from ...base.typefaces import font_folders, picture_for_print
from .look import LEFT, PAGE, RESOLUTION, RIGHT, TALLEST


def draw_pictures(page: str, root: Path) -> str:
    """Draw the embedded pictures as PNG files: a picture looks the same whatever fonts are installed."""
    import typst

    sources = []

    def replace(found: re.Match) -> str:
        sources.append(base64.b64decode(found[1]))
        return f'src="picture-{len(sources):03d}.png"'

    page = re.sub(r'src="data:image/svg\+xml;base64,([^"]+)"', replace, page)
    if not sources:
        return page
    drawings = [picture_for_print(source.decode("utf-8")) for source in sources]
    for number, drawing in enumerate(drawings, 1):
        (root / f"picture-{number:03d}.svg").write_text(drawing, encoding="utf-8", newline="")
    lines = "\n#pagebreak()\n".join(
        f'#image("picture-{number:03d}.svg")' for number in range(1, len(sources) + 1)
    )
    setting = "#set page(width: auto, height: auto, margin: 0pt)\n"
    (root / "pictures.typ").write_text(setting + lines, encoding="utf-8")
    try:
        drawn = typst.compile(
            str(root / "pictures.typ"),
            root=str(root),
            font_paths=font_folders("".join(drawings)),
            ignore_system_fonts=True,
            format="png",
            ppi=RESOLUTION,
        )
    except typst.TypstError as error:
        raise problem(N_("a picture could not be drawn: {reason}"), reason=error) from error
    drawn = drawn if isinstance(drawn, list) else [drawn]
    for number, data in enumerate(drawn, 1):
        (root / f"picture-{number:03d}.png").write_bytes(data)
    return page


def set_pictures(document) -> None:
    """Pictures in their own size, or as wide as the text; room for heading and paragraph above."""
    for shape in document.inline_shapes:
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        image = document.part.related_parts[blip.embed].image
        width = Emu(int(image.px_width / RESOLUTION * 914400))
        ratio = image.px_height / image.px_width
        width = min(width, Mm(PAGE[0] - LEFT - RIGHT), Emu(int(Mm(TALLEST) / ratio)))
        shape.height = Emu(round(width * ratio))
        shape.width = width
