import { describe, expect, it } from 'vitest';
import { commandLine, parseOptions } from '../src/options.js';
import type { Options } from '../src/options.js';

/** Parses without ending the process; what would be printed is in `text`. */
function parse(...args: string[]): { options?: Options; text: string } {
  let text = '';
  const write = (part: string): void => void (text += part);
  const command = commandLine()
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  try {
    return { options: parseOptions(args, command), text };
  } catch {
    return { text };
  }
}

describe('parseOptions', () => {
  it("has the tutorial's settings unless told otherwise", () => {
    expect(parse().options).toEqual({
      batch: 500,
      rate: 0.13,
      epochs: 1000,
      out: 'output/logistic-regression',
    });
  });

  it('reads every option', () => {
    const line = '--batch 20 --rate 1e-2 --epochs 3 --device reference --data d --out o';
    expect(parse(...line.split(' ')).options).toEqual({
      batch: 20,
      rate: 0.01,
      epochs: 3,
      device: 'reference',
      data: 'd',
      out: 'o',
    });
  });

  it.each([
    ['--batch', '0', /'--batch <examples>' argument '0' is invalid. Expected an integer of 1/],
    ['--batch', '2.5', /Expected an integer of 1 or more/],
    ['--epochs', 'many', /argument 'many' is invalid. Expected an integer of 1 or more/],
    ['--rate', '-1', /argument '-1' is invalid. Expected a number above 0/],
    ['--rate', '', /Expected a number above 0/],
    ['--device', 'gpu', /argument 'gpu' is invalid. Allowed choices are cpu, reference/],
    ['--bach', '5', /unknown option '--bach'\n\(Did you mean --batch\?\)/],
  ])('says what is wrong with %s %s', (name, value, message) => {
    const { options, text } = parse(name, value);
    expect(options).toBeUndefined();
    expect(text).toMatch(message);
    expect(text).toContain('--help shows the options');
  });
});
