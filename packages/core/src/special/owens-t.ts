/**
 * Owen's T function T(h, a) = 1/(2π) ∫₀ᵃ e^(-h²(1+x²)/2) / (1 + x²) dx (D. B. Owen, 1956), by
 * Gauss-Legendre quadrature with 16 points on each of two halves of where the integrand matters;
 * |a| > 1 by the relation of T(h, a) with T(ah, 1/a).
 */
import type { FunctionTexts } from './language.js';

/** The positive half of the Gauss-Legendre nodes of 16 points, with their weights. */
const nodes: readonly (readonly [node: number, weight: number])[] = [
  [0.09501250983763744, 0.1894506104550685],
  [0.2816035507792589, 0.18260341504492358],
  [0.45801677765722737, 0.16915651939500254],
  [0.6178762444026438, 0.14959598881657674],
  [0.755404408355003, 0.12462897125553388],
  [0.8656312023878318, 0.09515851168249279],
  [0.9445750230732326, 0.062253523938647894],
  [0.9894009349916499, 0.027152459411754096],
]; // prettier-ignore

const quadrature = nodes
  .map(
    ([node, weight]) =>
      `  sum += ${weight} * (owens_term(h, c - r * ${node}) + owens_term(h, c + r * ${node}));`,
  )
  .join('\n');

export const owensT = {
  owens_term: `double owens_term(double h, double x) {
  double s = 1 + x * x;
  return exp(-0.5 * h * h * s) / s;
}`,

  owens_panel: `double owens_panel(double h, double low, double high) {
  double c = 0.5 * (low + high);
  double r = 0.5 * (high - low);
  double sum = 0;
${quadrature}
  return sum * r;
}`,

  /** T for h ≥ 0 and 0 ≤ a ≤ 1. */
  owens_inner: `double owens_inner(double h, double a) {
  double reach = a * h > 9 ? 9 / h : a;
  return (owens_panel(h, 0, 0.5 * reach) + owens_panel(h, 0.5 * reach, reach)) * 0.15915494309189535;
}`,

  owens_t: `double owens_t(double h, double a) {
  double p = fabs(h);
  double b = fabs(a);
  double value = 0;
  if (!(p == p && b == b)) return NAN;
  if (p == INFINITY) return 0;
  if (b <= 1) value = owens_inner(p, b);
  else {
    double up = ndtr(-p);
    double across = p == 0 ? 0.5 : ndtr(-b * p);
    double inner = b == INFINITY ? 0 : p == 0 ? 0.15915494309189535 * atan(1 / b) : owens_inner(b * p, 1 / b);
    value = p == 0 ? 0.25 - inner : 0.5 * (up + across) - up * across - inner;
  }
  return a < 0 ? -value : value;
}`,
} satisfies FunctionTexts;
