import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice } from '../index.js';

const device = createReferenceDevice();

describe.each(['FAST_RUN', 'FAST_COMPILE', 'NONE'] as const)(
  'sizes and places that are elements of arrays, in mode %s',
  (mode) => {
    const options = { mode, device };
    const [l, v] = [tno.lvector('l'), tno.fvector('v')];

    it('set lengths', () => {
      expect(
        tno
          .function(
            [l],
            tno.arange(l.at(0)),
            options,
          )([3, 2])
          .toNested(),
      ).toEqual([0, 1, 2]);
      expect(
        tno
          .function(
            [l],
            tno.arange(l.reshape([])),
            options,
          )([2])
          .toNested(),
      ).toEqual([0, 1]);
      expect(
        tno
          .function(
            [l],
            tno.arange(l.at(-1).mul(2)),
            options,
          )([3, 2])
          .toNested(),
      ).toEqual([0, 1, 2, 3]);
      expect(
        tno
          .function(
            [l],
            tno.arange(l.shape.at(0)),
            options,
          )([3, 2])
          .toNested(),
      ).toEqual([0, 1]);
      expect(tno.function([l], tno.arange(l.max()), options)([1, 2]).toNested()).toEqual([0, 1]);
    });

    it('set shapes', () => {
      const f = tno.function([v, l], v.reshape([l.at(0), l.at(1)]), options);
      expect(f([1, 2, 3, 4], [2, 2]).toNested()).toEqual([
        [1, 2],
        [3, 4],
      ]);
      expect(f([1, 2, 3, 4], [4, 1]).toNested()).toEqual([[1], [2], [3], [4]]);
      expect(() => f([1, 2, 3, 4], [3, 1])).toThrow(tno.ShapeError);
    });

    it('bound slices and pick elements', () => {
      const f = tno.function(
        [v, l],
        [v.at(tno.slice(l.at(0), l.at(1))), v.at(l.at(0)), l.at(0)],
        options,
      );
      const [part, element, index] = f([1, 2, 3, 4], [1, 3]);
      expect(part.toNested()).toEqual([2, 3]);
      expect([element, index]).toEqual([2, 1]);
      expect(() => f([1, 2], [5, 6])).toThrow(tno.IndexRangeError);
      expect(() => tno.function([l], tno.arange(l.at(5)), options)([1])).toThrow(
        tno.IndexRangeError,
      );
    });
  },
);
