/** The form of the table: one row an op. Everything that is said of an op is made of its row. */
import type { DType, NDArray, TensorVariable } from '@tno/core';

/** The cells of a row, for each dtype. */
export const cells = ['value', 'empty', 'one', 'broadcast', 'strided', 'special'] as const;
export type Cell = (typeof cells)[number];

/** An element of a random operand: the number at `position` of `size`. Rounded to the dtype afterwards. */
export type Values = (
  random: () => number,
  dtype: DType,
  position: number,
  size: number,
) => number | bigint;

export interface Input {
  /** Sizes in the cell `value`. */
  readonly shape: readonly number[];
  readonly values: Values;
  /** Where it is not the row's dtype; then the cell `special` leaves it as it is. */
  readonly dtype?: DType;
}

/** One way of calling the op. */
export interface Call {
  /** What sets it apart from the row's other calls, as `axis 1`; '' where there is only one. */
  readonly about: string;
  readonly inputs: readonly Input[];
  readonly build: (...inputs: TensorVariable[]) => TensorVariable | readonly TensorVariable[];
  /**
   * A Python expression over the arrays `a`, `b`, `c`, … that gives the result, or a tuple of them. It sees
   * `np`, `sp` (scipy.special), `scipy`, `mpmath`, what record/oracles.py defines, and `torch`, `F`
   * (torch.nn.functional) where it names them. float16 and float32 come as float64, float64 as long double.
   */
  readonly oracle: string;
  /** Dtype of the result, or of each; the row's unless given. */
  readonly result?: Result | readonly Result[];
  /** Sizes of the inputs in other cells, where the usual ones (cases.ts) do not fit. */
  readonly shapes?: Partial<Record<Cell, readonly (readonly number[])[]>>;
  /** Cells in which the call has to fail, and the message. */
  readonly throws?: Partial<Record<Cell, RegExp>>;
  /** Cells that have no case, and why. Reviewed: at most 3 % of all. */
  readonly blank?: Partial<Record<Cell, string>>;
}

/**
 * `same` as the row's dtype; `float`: floatX for integers; `sum`: 64 bits for integers; or a function of it.
 */
export type Result = 'same' | 'float' | 'sum' | DType | ((dtype: DType) => DType);

/** Largest distance between neighbours of the dtype, for each float; 0 unless given. */
export interface Tolerance {
  readonly float16?: number;
  readonly float32?: number;
  readonly float64?: number;
  /** `array`: an error counts beside the largest magnitude of its array, as sums and products have it. */
  readonly beside?: 'element' | 'array';
}

/** How the op is differentiated, in both ways. */
export type Gradient =
  | {
      readonly kind: 'smooth';
      /** verifyGrad of the op, and with 2 of its gradient too. */
      readonly order: 1 | 2;
      /** Why not 2. */
      readonly why?: string;
      /** The dtypes that are checked, as verifyGrad computes in float64; all floats unless given. */
      readonly dtypes?: readonly DType[];
      /** The calls that are checked, by what sets them apart; all unless given. */
      readonly calls?: readonly string[];
      /** What is differentiated, where the calls tell of it without being smooth themselves. */
      readonly of?: Call['build'];
      /** Values of the inputs, where the calls' own come too near to a kink or a pole. */
      readonly points?: readonly Values[];
      /** See verifyGrad. */
      readonly step?: number;
      readonly tolerance?: number;
    }
  /**
   * Draws by rejection move with their parameters as their distribution does, not as random bits that stay: the
   * share of it below a draw stays.
   */
  | {
      readonly kind: 'draw';
      readonly of: Call['build'];
      readonly share: (draw: TensorVariable, ...parameters: TensorVariable[]) => TensorVariable;
    }
  /** Differentiable, checked by a test of its own, and why not here. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** Connected, and zero everywhere. */
  | { readonly kind: 'zero'; readonly why: string }
  /** There is nothing to differentiate. */
  | { readonly kind: 'none'; readonly why: string };

/** A call that has to fail, with an error of TNO and this message. */
export type Failure = { readonly about: string; readonly message: RegExp } & (
  | { readonly when: 'build'; readonly attempt: () => unknown }
  /** The function of leaves of open sizes compiles, and fails with these operands. */
  | {
      readonly when: 'run';
      readonly operands: readonly NDArray[];
      readonly build: Call['build'];
      /** Whether the operands' values make it fail; else it fails at once where their sizes are known. */
      readonly byValues: boolean;
    }
);

/** What other systems call it; null where they have none. */
export interface Names {
  readonly theano: string | null;
  readonly numpy: string | null;
  readonly pytorch: string | null;
  readonly jax: string | null;
}

export interface Row {
  /** Name in the public interface of @tno/core. */
  readonly op: string;
  readonly calls: readonly Call[];
  /** Dtypes that it takes. */
  readonly dtypes: readonly DType[];
  /** What it says of other dtypes; null where it takes them too; absent only where there are none. */
  readonly refuses?: RegExp | null;
  /** Dtype of the result, or of each. */
  readonly result: Result | readonly Result[];
  readonly tolerance?: Tolerance;
  readonly gradient: Gradient;
  readonly failures: readonly Failure[];
  /** Why there is no call that could fail, where none of `failures`, `refuses` and `throws` says how. Reviewed. */
  readonly cannotFail?: string;
  /** Takes operands of any shapes that broadcast together. */
  readonly elementwise?: boolean;
  /** Its value jumps where its operands do not: random graphs give it exact ones. */
  readonly jumps?: boolean;
  readonly names: Names;
  /** A word for FEATURES.md. */
  readonly note?: string;
}

/** The ops of one subject. */
export interface Family {
  /** File name of its table and of its recorded values. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
}
