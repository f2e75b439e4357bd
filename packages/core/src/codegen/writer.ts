/** Collects indented lines of generated text. */
export class Writer {
  private readonly lines: string[] = [];
  private depth = 0;

  line(text: string): void {
    this.lines.push(text === '' ? '' : '  '.repeat(this.depth) + text);
  }

  /** A line that stays at the left margin. */
  directive(text: string): void {
    this.lines.push(text);
  }

  open(head: string): void {
    this.line(head === '' ? '{' : `${head} {`);
    this.depth++;
  }

  close(suffix = ''): void {
    this.depth--;
    this.line(`}${suffix}`);
  }

  /** `head { … }` around what `inside` writes. */
  block(head: string, inside: () => void): void {
    this.open(head);
    inside();
    this.close();
  }

  /** What `inside` writes, as text of its own at this depth; for code whose needs precede it. */
  capture(inside: () => void): string[] {
    const start = this.lines.length;
    inside();
    return this.lines.splice(start);
  }

  append(lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}
