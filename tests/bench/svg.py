"""Small plots as SVG: bars and lines. Pure: numbers in, text out."""

import math
from xml.sax.saxutils import escape

COLORS = ["#1b6ca8", "#d1495b", "#66a182", "#edae49", "#775bb5", "#6b705c", "#00798c", "#9c6644"]
WIDTH, LEFT, RIGHT, TOP = 760, 190, 90, 50
FONT = 'font-family="sans-serif" font-size="12"'


def _text(x, y, text, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {FONT} {extra}>{escape(str(text))}</text>'


def _document(height, title, parts):
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    )
    return "\n".join([head, _text(LEFT, 24, title, extra='font-weight="bold"'), *parts, "</svg>\n"])


def number(value):
    """A number with three digits or so: 12,300 or 4.56."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 4)}f}"


def bars(title, rows, marked=()):
    """rows: (label, value, low, high); a thin line from low to high. The marked labels stand out."""
    bar, gap = 20, 8
    most = max([high for _, _, _, high in rows] + [1e-9])
    scale = (WIDTH - LEFT - RIGHT) / most
    parts = []
    for i, (label, value, low, high) in enumerate(rows):
        y = TOP + i * (bar + gap)
        middle = y + bar / 2
        parts.append(_text(LEFT - 8, middle + 4, label, "end"))
        color = COLORS[0] if label in marked or not marked else "#b8c4cc"
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{value * scale:.1f}" height="{bar}" fill="{color}"/>')
        parts.append(
            f'<line x1="{LEFT + low * scale:.1f}" y1="{middle}" x2="{LEFT + high * scale:.1f}" y2="{middle}" '
            f'stroke="black" stroke-width="1.5"/>'
        )
        parts.append(_text(LEFT + high * scale + 6, middle + 4, number(value)))
    return _document(TOP + len(rows) * (bar + gap) + 16, title, parts)


def _ticks(low, high, is_log):
    if is_log:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        steps = [part * 10.0**power for power in powers for part in (1, 2, 5)]
        below = max(step for step in steps if step <= low * (1 + 1e-9))
        above = min((step for step in steps if step >= high), default=steps[-1])
        return [step for step in steps if below <= step <= max(above, below * 2)]
    step = 10 ** math.floor(math.log10(max(high, 1e-9)))
    step = next(step * part for part in (0.1, 0.2, 0.5, 1, 2) if high / (step * part) <= 8)
    return [step * i for i in range(int(high / step) + 2)]


def _y_axis(low, high, is_log, bottom, place, label):
    parts = [_text(LEFT, TOP - 8, label)]
    for tick in _ticks(low, high, is_log):
        y = place(tick)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(_text(LEFT - 8, y + 4, number(tick), "end"))
    parts.append(f'<line x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}" stroke="black"/>')
    return parts


def lines(title, series, x_labels, y_label, x_label="", is_log=False):
    """series: {name: [value a label, None where there is none]}; labels stand at equal distances."""
    height, bottom = 380, 320
    values = [value for line in series.values() for value in line if value is not None and (value > 0 or not is_log)]
    high = max(values, default=1)
    low = min(values, default=1) if is_log else 0
    ticks = _ticks(low, high, is_log)
    first, last = ticks[0], ticks[-1]

    def place(value):
        if is_log:
            share = math.log10(max(value, first) / first) / math.log10(last / first)
        else:
            share = value / last
        return bottom - share * (bottom - TOP - 10)

    step = (WIDTH - LEFT - RIGHT) / max(1, len(x_labels) - 1)
    parts = _y_axis(low, high, is_log, bottom, place, y_label)
    every = max(1, len(x_labels) // 10)
    for i in range(0, len(x_labels), every):
        parts.append(_text(LEFT + i * step, bottom + 18, x_labels[i], "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, bottom + 40, x_label, "middle"))
    for k, (name, line) in enumerate(series.items()):
        color = COLORS[k % len(COLORS)]
        points = " ".join(f"{LEFT + i * step:.1f},{place(v):.1f}" for i, v in enumerate(line) if v is not None)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<rect x="8" y="{TOP + k * 20 - 10}" width="12" height="12" fill="{color}"/>')
        parts.append(_text(26, TOP + k * 20, name))
    return _document(height, title, parts)
