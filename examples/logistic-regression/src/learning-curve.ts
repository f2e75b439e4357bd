import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import type { Validation } from './early-stopping.js';

interface Point {
  readonly epoch: number;
  /** In per cent. */
  readonly error: number;
  readonly set: 'validation' | 'test';
}

function points(history: readonly Validation[]): Point[] {
  return history.flatMap(({ epoch, validationError, testError }) => {
    const validation: Point = { epoch, error: 100 * validationError, set: 'validation' };
    if (testError === undefined) return [validation];
    return [validation, { epoch, error: 100 * testError, set: 'test' }];
  });
}

function chart(values: Point[], title: string): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    width: 560,
    height: 320,
    title: { text: title, anchor: 'start' },
    data: { values },
    mark: { type: 'line', point: { size: 14 }, strokeWidth: 1.5 },
    encoding: {
      x: { field: 'epoch', type: 'quantitative', title: 'epoch', axis: { grid: false } },
      y: { field: 'error', type: 'quantitative', title: 'error, %', scale: { zero: false } },
      color: {
        field: 'set',
        type: 'nominal',
        sort: ['validation', 'test'],
        scale: { range: ['#2166ac', '#d6604d'] },
        legend: { title: null },
      },
    },
  };
}

/**
 * The validation and test errors against the epochs, as an SVG document. The test error has a point
 * only where it was taken: wherever the validation error was the least so far.
 */
export async function learningCurveSvg(
  history: readonly Validation[],
  title: string,
): Promise<string> {
  const view = new View(parse(compile(chart(points(history), title)).spec), {
    renderer: 'none',
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
