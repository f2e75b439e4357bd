#include "product_pieces.h"

namespace tno::cpu {
namespace {

// Multiplications that a piece is worth: some ten to twenty microseconds of one thread.
constexpr double piece_work = 1e6;

// Each piece reads, and packs, its rows of A and its columns of B: with less of them there is more
// of that. A few wide pieces do best; large products can afford more.
constexpr double usual_pieces = 8;
constexpr double large_piece_work = 256e6;
constexpr int64_t wide = 512;
constexpr int64_t least_rows = 32;
constexpr int64_t least_columns = 192;

// Elements that a piece of a pass over memory is worth.
constexpr double pass_work = 128 * 1024;

// Register tiles have heights that divide 24 or 8; 16 floats are a cache line.
constexpr int64_t row_granularity = 8;
constexpr int64_t column_granularity = 16;

int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Lengths of `count` parts, and then the number of parts that takes.
int64_t part_length(int64_t length, int64_t& count, int64_t granularity) {
  const int64_t part = divide_up(divide_up(length, count), granularity) * granularity;
  count = divide_up(length, part);
  return part;
}

// An even number, since many machines have an even number of threads.
int64_t pieces_for(double work) {
  const double wanted = 2 * static_cast<double>(static_cast<int64_t>(work / (2 * piece_work)) + 1);
  if (work < 2 * piece_work) return 1;
  const double most = std::clamp(work / large_piece_work, usual_pieces, double{most_pieces});
  return static_cast<int64_t>(std::min(wanted, most));
}

}  // namespace

Pieces gemm_pieces(int64_t m, int64_t n, int64_t k) {
  const double work = static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const int64_t wanted = pieces_for(work);
  if (wanted == 1) return {m, n, 1, 1};
  Pieces pieces;
  pieces.across = std::min(wanted, divide_up(n, wide));
  pieces.down =
      std::clamp<int64_t>(wanted / pieces.across, 1, std::max<int64_t>(1, m / least_rows));
  const int64_t narrow = std::max(pieces.across, n / least_columns);
  pieces.across = std::clamp(wanted / pieces.down, pieces.across, narrow);
  pieces.rows = part_length(m, pieces.down, row_granularity);
  pieces.columns = part_length(n, pieces.across, column_granularity);
  return pieces;
}

Pieces row_pieces(int64_t m, int64_t n) {
  const double work = static_cast<double>(m) * static_cast<double>(n);
  Pieces pieces{m, n, 1, 1};
  if (work < 2 * pass_work) return pieces;
  pieces.down = static_cast<int64_t>(std::min(work / pass_work, double{most_pieces}));
  pieces.rows = part_length(m, pieces.down, column_granularity);
  return pieces;
}

}  // namespace tno::cpu
