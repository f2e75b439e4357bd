/** Plain text for terminals: no colours, no lines that need a font. */

/** Rows in aligned columns; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  return rows
    .map((row) => row.map((cell, i) => cell.padEnd(i < row.length - 1 ? widths[i] : 0)).join('  '))
    .join('\n');
}

/** A moment, to the minute, in local time. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "1 kernel", "2 kernels". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text under a heading, indented. */
export function section(heading: string, text: string): string {
  return `${heading}\n${text.replace(/^/gm, '  ')}`;
}
