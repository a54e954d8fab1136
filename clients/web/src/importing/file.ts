// A file that somebody wants to import: read, within bounds, as the text that it is.
import { previewOf, type Preview } from "./csv";

/** More than any server can be set up to take (MAX_IMPORT_BYTES); what this one takes, it says itself. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
const SHOWN_N = 8;

export interface ImportFile {
  readonly name: string;
  readonly bytes: number;
  readonly text: string;
  readonly preview: Preview;
}

export class UnfitFile extends Error {
  override readonly name = "UnfitFile";
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

export async function readFile(file: File): Promise<ImportFile> {
  if (file.size > READ_BYTES_MAX) {
    throw new UnfitFile(
      `“${file.name}” has ${megabytes(file.size)}; no import takes more than ${megabytes(READ_BYTES_MAX)}. ` +
        "Cut it into parts, each with the header line, and import one after the other.",
    );
  }
  return fileOf(file.name, new Uint8Array(await file.arrayBuffer()));
}

export function fileOf(name: string, bytes: Uint8Array): ImportFile {
  if (bytes.length === 0) throw new UnfitFile(`“${name}” is empty.`);
  const text = decode(name, bytes);
  const preview = previewOf(text, SHOWN_N);
  const only = preview.header.length === 1 ? preview.header[0] : undefined;
  if (only !== undefined && /[;\t]/.test(only)) {
    const mark = only.includes(";") ? "semicolons" : "tabs";
    throw new UnfitFile(
      `The columns of “${name}” are separated by ${mark}. An import takes commas, and numbers with a decimal point: save it so.`,
    );
  }
  return { name, bytes: bytes.length, text, preview };
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnfitFile(`“${name}” is no text in UTF-8: save it as “CSV UTF-8”, not as a workbook.`);
  }
}

export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : megabytes(bytes);
}
