// Which rows of many are near enough to be seen. Pure.

export interface RowWindow {
  readonly first: number;
  readonly end: number; // one past the last
}

export interface Viewport {
  readonly top: number; // scrolled so far into the rows
  readonly height: number;
}

/** With `beyond` rows more on both sides, so that scrolling does not show gaps. */
export function rowWindow(viewport: Viewport, rowHeight: number, rowsN: number, beyond: number): RowWindow {
  const top = Math.max(0, viewport.top);
  const first = Math.floor(top / rowHeight) - beyond;
  const end = Math.ceil((top + Math.max(0, viewport.height)) / rowHeight) + beyond;
  return { first: Math.min(Math.max(0, first), rowsN), end: Math.max(0, Math.min(rowsN, end)) };
}
