/** The emitted prologue says what native/include/tno/kernel_abi.h says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cDialect } from '../src/dialect.js';
import { KERNEL_ABI } from '../src/native.js';

const header = readFileSync(
  new URL('../../../native/include/tno/kernel_abi.h', import.meta.url),
  'utf8',
);

/** The structs of a C text, on one line each. */
function structs(text: string): string[] {
  const found = text.match(/typedef struct (\w+) \{[^}]*\} \1;/g) ?? [];
  return found.map((struct) => struct.replace(/\s+/g, ' '));
}

describe('the kernel ABI', () => {
  it('has the same structs in emitted C and in the runtime', () => {
    expect(structs(header)).toHaveLength(2);
    expect(structs(cDialect.prologue)).toEqual(structs(header));
  });

  it('has the same phases', () => {
    const phases = (text: string): string | undefined => /enum \{ TNO_\w+.*\};/.exec(text)?.[0];
    expect(phases(cDialect.prologue)).toBeDefined();
    expect(phases(cDialect.prologue)).toEqual(phases(header));
  });

  it('has one version', () => {
    expect(header).toContain(`#define TNO_KERNEL_ABI ${KERNEL_ABI}\n`);
  });
});
