#include "product_pieces.h"

#include <limits>

namespace tno::cpu {
namespace {

// Multiplications that a piece is worth: some ten to twenty microseconds of one thread.
constexpr double piece_work = 1e6;

// Each piece reads, and packs, its rows of A and its columns of B: the more pieces, the more of
// that. A few wide pieces do best.
constexpr double usual_pieces = 8;
constexpr int64_t wide = 512;
constexpr int64_t least_rows = 32;
constexpr int64_t least_columns = 192;

// From here on one for each processor: a tenth of a millisecond and more of two threads, long
// enough for them to end at the same time.
constexpr double large_work = 16e6;
// Longer pieces are cut again, for threads that are held up.
constexpr double longest_piece = 1024e6;

// Multiplications that packing an element is worth.
constexpr int64_t packing_work = 8;
// oneDNN's register tiles are so many columns wide; a rest of columns takes about as long as a
// tile.
constexpr int64_t tile_columns = 48;

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
int64_t pieces_for(double work, int processors) {
  if (work < 2 * piece_work) return 1;
  const double wanted = 2 * static_cast<double>(static_cast<int64_t>(work / (2 * piece_work)) + 1);
  const double most = work < large_work ? usual_pieces : std::min(usual_pieces, 2.0 * processors);
  return static_cast<int64_t>(std::min(wanted, most));
}

Pieces grid(int64_t m, int64_t n, int64_t down, int64_t across) {
  Pieces pieces{0, 0, down, across};
  pieces.rows = part_length(m, pieces.down, row_granularity);
  pieces.columns = part_length(n, pieces.across, column_granularity);
  return pieces;
}

// Of one piece, for each element of the inner axis.
int64_t piece_cost(const Pieces& pieces) {
  return pieces.rows * divide_up(pieces.columns, tile_columns) * tile_columns +
         packing_work * (pieces.rows + pieces.columns);
}

// A piece for each processor, or several: the grid of the cheapest pieces.
Pieces large_pieces(int64_t m, int64_t n, double work, int64_t processors) {
  const auto rounds =
      static_cast<int64_t>(work / (longest_piece * static_cast<double>(processors)));
  const int64_t count = std::min<int64_t>(processors * std::max<int64_t>(1, rounds), most_pieces);
  Pieces best;
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int64_t down = 1; down <= std::min(count, m / least_rows); ++down) {
    const int64_t across = count / down;
    if (across * down != count || n / across < least_columns) continue;
    const Pieces pieces = grid(m, n, down, across);
    const int64_t cost = piece_cost(pieces);
    if (cost >= least) continue;
    least = cost;
    best = pieces;
  }
  return best;
}

Pieces usual_grid(int64_t m, int64_t n, int64_t wanted) {
  int64_t across = std::min(wanted, divide_up(n, wide));
  const int64_t down =
      std::clamp<int64_t>(wanted / across, 1, std::max<int64_t>(1, m / least_rows));
  const int64_t narrow = std::max(across, n / least_columns);
  across = std::clamp(wanted / down, across, narrow);
  return grid(m, n, down, across);
}

}  // namespace

Pieces gemm_pieces(int64_t m, int64_t n, int64_t k, int processors) {
  const double work = static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  if (work >= large_work) {
    const Pieces pieces = large_pieces(m, n, work, processors);
    if (pieces.rows > 0) return pieces;
  }
  const int64_t wanted = pieces_for(work, processors);
  return wanted == 1 ? Pieces{m, n, 1, 1} : usual_grid(m, n, wanted);
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
