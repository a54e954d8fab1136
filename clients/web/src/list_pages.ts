// Reading all pages of a list, up to a number of them.

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string;
}

export const ITEMS_MAX = 1000; // of a page, by the server

export interface AllItems<T> {
  readonly items: readonly T[];
  readonly isWhole: boolean;
}

export async function readPages<T>(
  read: (cursor: string | undefined) => Promise<{ readonly data: ListPage<T> }>,
  pagesMax: number,
): Promise<AllItems<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const { data } = await read(cursor);
    items.push(...data.items);
    cursor = data.next_cursor;
    if (cursor === undefined) return { items, isWhole: true };
  }
  return { items, isWhole: false };
}
