#include "tile_reduce.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "reduction_tree.h"

namespace tno::cpu {
namespace {

static_assert(tile_points == block_elements);

// Blocks of the tree, counted along the innermost reduced axis, then along those around it.
struct Blocks {
  int64_t begin = 0;
  int64_t end = 0;
};

// The elements of a block: of one line of the innermost reduced axis.
struct Block {
  int64_t line = 0;
  int64_t first = 0;
  int64_t elements = 0;
};

class Reducer {
 public:
  Reducer(TileFrame& frame, int64_t phase, const Blocks& blocks)
      : frame_(frame),
        program_(frame.program()),
        scratch_(frame.scratch()),
        keeps_parts_(phase == TNO_BLOCKS),
        blocks_(blocks),
        inner_(frame.extent(frame.kernel().axes.size() - 1)) {}

  void run_rows();
  void run_columns();
  void fold_parts(int64_t first_point);

 private:
  void make_row_space();
  void reduce_row_tiles(int64_t first_point, int64_t points);
  void keep_row_blocks();
  bool keep_row_block(int64_t block, int64_t point, int64_t points);
  void make_column_space();
  void reduce_column_tile(int64_t column, int64_t width, int64_t point);
  bool reduce_column_block(int64_t block, int64_t column, int64_t width, int64_t place);
  void take_column_row(size_t i, const std::byte* x, int64_t width, int64_t row, int64_t index,
                       int64_t place);
  void close_column_block(size_t i, int64_t width, int64_t place);
  void start(size_t i, int64_t points);
  void finish_points(const TileRect& rect);

  Block block(int64_t number) const {
    const int64_t line = (inner_ + block_elements - 1) / block_elements;
    const int64_t first = number % line * block_elements;
    return {number / line, first, std::min(block_elements, inner_ - first)};
  }
  const TileReduction& reduction(size_t i) const { return program_.reductions[i]; }
  // Bytes of a reduced element.
  int64_t item(size_t i) const {
    return tile_item(program_.values[static_cast<size_t>(reduction(i).value)].dtype);
  }
  bool is_tree(size_t i) const { return reduction(i).primitives->take != nullptr; }
  bool is_arg(size_t i) const { return reduction(i).primitives->column != nullptr; }

  // Where results of blocks lie, and the indices of argmax and argmin.
  std::byte* part(size_t i, int64_t place) const { return parts(i, 0) + place * reduction(i).item; }
  std::byte* part_index(size_t i, int64_t place) const { return parts(i, 1) + place * 8; }
  std::byte* parts(size_t i, size_t what) const {
    const size_t number = static_cast<size_t>(reduction(i).result) - frame_.kernel().body.size();
    return static_cast<std::byte*>(frame_.args().part[2 * number + what]);
  }
  // Points of the outer axes, in all.
  int64_t all_points() const {
    int64_t points = 1;
    for (size_t axis = 0; axis < frame_.outer_rank(); ++axis) points *= frame_.whole_extent(axis);
    return points;
  }

  TileFrame& frame_;
  const TileProgram& program_;
  TileScratch& scratch_;
  bool keeps_parts_;
  Blocks blocks_;
  int64_t inner_;  // elements of the innermost reduced axis
};

// -- results one after the other: data lies along the innermost reduced axis
// -----------------------

void Reducer::run_rows() {
  make_row_space();
  if (keeps_parts_) {
    keep_row_blocks();
    return;
  }
  for_tiles(frame_.outer(), [&](const TileRect& rect) {
    for (size_t i = 0; i < program_.reductions.size(); ++i) start(i, rect.points());
    const int64_t first = rect.row * frame_.outer().columns() + rect.column;
    if (frame_.reduced() > 0) reduce_row_tiles(first, rect.points());
    if (!frame_.has_failed()) finish_points(rect);
    return !frame_.has_failed();
  });
}

void Reducer::make_row_space() {
  TileSpace& body = scratch_.body;
  body.reset(program_.accesses);
  for (size_t axis = 0; axis < frame_.kernel().axes.size(); ++axis) {
    // The tree's blocks are those of the innermost reduced axis as it is.
    body.add(frame_.extent(axis), frame_.steps(axis), axis < frame_.outer_rank());
  }
  body.close();
}

void Reducer::reduce_row_tiles(int64_t first_point, int64_t points) {
  const TileSpace& space = scratch_.body;
  const int64_t columns = space.columns();
  const int64_t rows_of_point = frame_.reduced() / columns;
  const int64_t first = first_point * rows_of_point;
  const int64_t last = first + points * rows_of_point;
  const int64_t height = std::max<int64_t>(1, tile_points / columns);
  for (int64_t row = first; row < last; row += height) {
    const int64_t rows = std::min(height, last - row);
    for (int64_t column = 0; column < columns; column += tile_points) {
      const int64_t width = std::min(tile_points, columns - column);
      if (!frame_.evaluate(program_.body, space, {row, rows, column, width})) return;
      for (size_t i = 0; i < program_.reductions.size(); ++i) {
        const TileReduction& each = reduction(i);
        const std::byte* x = frame_.tile(each.value);
        for (int64_t r = 0; r < rows; ++r) {
          const int64_t at = row - first + r;
          const int64_t point = at / rows_of_point;
          each.primitives->row(width, frame_.accumulator(i) + point * each.item,
                               frame_.auxiliary(i) + point * each.aux_item, x + r * width * item(i),
                               at % rows_of_point * columns + column);
        }
      }
    }
  }
}

void Reducer::keep_row_blocks() {
  const int64_t points = all_points();
  for (int64_t point = 0; point < points; ++point) {
    for (int64_t number = blocks_.begin; number < blocks_.end; ++number) {
      if (!keep_row_block(number, point, points)) return;
    }
  }
}

bool Reducer::keep_row_block(int64_t number, int64_t point, int64_t points) {
  const Block at = block(number);
  const int64_t row = point * (frame_.reduced() / inner_) + at.line;
  if (!frame_.evaluate(program_.body, scratch_.body, {row, 1, at.first, at.elements})) return false;
  const int64_t place = number * points + point;
  for (size_t i = 0; i < program_.reductions.size(); ++i) {
    std::array<std::byte, 8> compensation{};
    std::byte* aux = is_arg(i) ? part_index(i, place) : compensation.data();
    reduction(i).primitives->start(1, part(i, place), aux);
    reduction(i).primitives->row(at.elements, part(i, place), aux, frame_.tile(reduction(i).value),
                                 at.line * inner_ + at.first);
  }
  return true;
}

// -- neighbouring results together: data lies along the innermost outer axis
// -----------------------

void Reducer::run_columns() {
  make_column_space();
  const TileSpace& others = scratch_.others;
  const int64_t columns = frame_.extent(frame_.outer_rank() - 1);
  const std::vector<int64_t> offsets = scratch_.offsets;
  for (int64_t row = 0; row < others.rows(); ++row) {
    for (int64_t other = 0; other < others.columns(); ++other) {
      for (int64_t column = 0; column < columns; column += tile_columns) {
        const int64_t width = std::min(tile_columns, columns - column);
        for (size_t i = 0; i < offsets.size(); ++i) {
          scratch_.offsets[i] = offsets[i] + others.first(i, {row, 1, other, 1});
        }
        const int64_t point = (row * others.columns() + other) * columns + column;
        reduce_column_tile(column, width, point);
        scratch_.offsets = offsets;
        if (frame_.has_failed()) return;
        if (keeps_parts_) continue;
        const int64_t length = frame_.outer().columns();
        finish_points({point / length, 1, point % length, width});
        if (frame_.has_failed()) return;
      }
    }
  }
}

void Reducer::make_column_space() {
  const size_t column_axis = frame_.outer_rank() - 1;
  TileSpace& others = scratch_.others;
  others.reset(program_.accesses);
  for (size_t axis = 0; axis < column_axis; ++axis) {
    others.add(frame_.extent(axis), frame_.steps(axis), true);
  }
  others.close();
  TileSpace& body = scratch_.body;
  body.reset(program_.accesses);
  for (size_t axis = frame_.outer_rank(); axis < frame_.kernel().axes.size(); ++axis) {
    body.add(frame_.extent(axis), frame_.steps(axis), false);
  }
  body.add(frame_.extent(column_axis), frame_.steps(column_axis), false);
  body.close();
}

void Reducer::reduce_column_tile(int64_t column, int64_t width, int64_t point) {
  if (!keeps_parts_) {
    for (size_t i = 0; i < program_.reductions.size(); ++i) start(i, width);
  }
  const int64_t points = keeps_parts_ ? all_points() : 0;
  for (int64_t number = blocks_.begin; number < blocks_.end; ++number) {
    if (!reduce_column_block(number, column, width, number * points + point)) return;
  }
}

// `place`: of the first column's result, where results of blocks are kept.
bool Reducer::reduce_column_block(int64_t number, int64_t column, int64_t width, int64_t place) {
  const size_t count = program_.reductions.size();
  for (size_t i = 0; i < count; ++i) {
    const tno_tile_reduction& primitives = *reduction(i).primitives;
    if (is_tree(i)) {
      for (int64_t lane = 0; lane < lane_count; ++lane) {
        primitives.start(width, frame_.lanes(i) + lane * width * reduction(i).item,
                         frame_.lanes(count));
      }
    } else if (keeps_parts_) {
      primitives.start(width, part(i, place), part_index(i, place));
    }
  }
  const Block at = block(number);
  const int64_t first = at.line * inner_ + at.first;
  const int64_t height = tile_points / width;
  for (int64_t row = 0; row < at.elements; row += height) {
    const int64_t rows = std::min(height, at.elements - row);
    const TileRect rect{first + row, rows, column, width};
    if (!frame_.evaluate(program_.body, scratch_.body, rect)) return false;
    for (size_t i = 0; i < count; ++i) {
      const std::byte* x = frame_.tile(reduction(i).value);
      for (int64_t r = 0; r < rows; ++r) {
        take_column_row(i, x + r * width * item(i), width, row + r, first + row + r, place);
      }
    }
  }
  for (size_t i = 0; i < count; ++i) close_column_block(i, width, place);
  return true;
}

// A row of the block, whose index among all is `index`, into the results of its columns.
void Reducer::take_column_row(size_t i, const std::byte* x, int64_t width, int64_t row,
                              int64_t index, int64_t place) {
  const tno_tile_reduction& primitives = *reduction(i).primitives;
  std::byte* acc = keeps_parts_ ? part(i, place) : frame_.accumulator(i);
  if (is_arg(i)) {
    std::byte* aux = keeps_parts_ ? part_index(i, place) : frame_.auxiliary(i);
    primitives.column(width, acc, aux, x, index);
  } else if (is_tree(i)) {
    const int64_t lane = row % lane_count;
    primitives.lanes(width, frame_.lanes(i) + lane * width * reduction(i).item, x);
  } else {
    primitives.lanes(width, acc, x);
  }
}

// The lanes of every column in halves, into the first, and on.
void Reducer::close_column_block(size_t i, int64_t width, int64_t place) {
  if (!is_tree(i)) return;
  std::byte* lanes = frame_.lanes(i);
  const int64_t bytes = width * reduction(i).item;
  for (int64_t half = lane_count / 2; half > 0; half /= 2) {
    // Neighbouring lanes lie beside each other, so that one call takes them all.
    reduction(i).primitives->lanes(half * width, lanes, lanes + half * bytes);
  }
  if (keeps_parts_) {
    std::memcpy(part(i, place), lanes, static_cast<size_t>(bytes));
  } else {
    reduction(i).primitives->take(width, frame_.accumulator(i), frame_.auxiliary(i), lanes);
  }
}

// -- results
// ---------------------------------------------------------------------------------------

// Makes results of those of their blocks; `first_point`: the number of this run's first.
void Reducer::fold_parts(int64_t first_point) {
  const int64_t all = all_points();
  for_tiles(frame_.outer(), [&](const TileRect& rect) {
    const int64_t points = rect.points();
    const int64_t first = first_point + rect.row * frame_.outer().columns() + rect.column;
    for (size_t i = 0; i < program_.reductions.size(); ++i) {
      start(i, points);
      const tno_tile_reduction& primitives = *reduction(i).primitives;
      std::byte* acc = frame_.accumulator(i);
      std::byte* aux = frame_.auxiliary(i);
      for (int64_t number = blocks_.begin; number < blocks_.end; ++number) {
        const int64_t place = number * all + first;
        if (is_tree(i)) {
          primitives.take(points, acc, aux, part(i, place));
        } else if (!is_arg(i)) {
          primitives.lanes(points, acc, part(i, place));
        } else {
          for (int64_t q = 0; q < points; ++q) {
            int64_t index = 0;
            std::memcpy(&index, part_index(i, place + q), 8);
            primitives.column(1, acc + q * reduction(i).item, aux + q * reduction(i).aux_item,
                              part(i, place + q), index);
          }
        }
      }
    }
    finish_points(rect);
    return !frame_.has_failed();
  });
}

void Reducer::start(size_t i, int64_t points) {
  reduction(i).primitives->start(points, frame_.accumulator(i), frame_.auxiliary(i));
}

void Reducer::finish_points(const TileRect& rect) {
  for (size_t i = 0; i < program_.reductions.size(); ++i) {
    const int32_t result = reduction(i).result;
    frame_.tile(result) = frame_.slot(result);
    reduction(i).primitives->finish(rect.points(), frame_.tile(result), frame_.accumulator(i),
                                    frame_.auxiliary(i));
  }
  if (frame_.evaluate(program_.epilogue, frame_.outer(), rect)) frame_.store(frame_.outer(), rect);
}

}  // namespace

void reduce_tiles(const TileProgram& program, const tno_args& args, TileScratch& scratch,
                  int64_t begin, int64_t end) {
  const Kernel& kernel = *program.kernel;
  const KernelDim& outermost = kernel.axes[0];
  const int64_t length = outermost.param < 0 ? outermost.literal : args.dim[outermost.param];
  const bool keeps_parts = args.phase == TNO_BLOCKS;
  TileFrame frame(program, args, scratch, keeps_parts ? 0 : begin, keeps_parts ? length : end);
  if (frame.is_empty()) return;
  const int64_t outer = frame.outer().points();
  if (frame.reduced() > 0) {
    frame.evaluate_once(program.body, std::min(outer * frame.reduced(), tile_points));
  }
  frame.evaluate_once(program.epilogue, std::min(outer, tile_points));

  Blocks blocks{begin, end};
  if (!keeps_parts) {
    const int64_t inner = frame.extent(kernel.axes.size() - 1);
    const int64_t lines = frame.reduced() == 0 ? 0 : frame.reduced() / inner;
    blocks = {0, lines * ((inner + block_elements - 1) / block_elements)};
  }
  Reducer reducer(frame, args.phase, blocks);
  if (args.phase == TNO_FOLD)
    reducer.fold_parts(frame.outer_rank() == 0 ? 0 : begin * (outer / (end - begin)));
  else if (program.columns)
    reducer.run_columns();
  else
    reducer.run_rows();
  frame.report_failure();
}

}  // namespace tno::cpu
