// What programs do in the first moments: models are built, differentiated, compiled and called. What
// is called here has its code in the package; what is not is compiled when it is first called.

/** @typedef {import('@tno/core')} Core */

/** @param {Core} tno */
export function typicalProgram(tno) {
  for (const layers of [1, 2]) trainOn(tno, layers);
  elementwise(tno);
}

/** A classifier of one layer or two, its training step, and its predictions. @param {Core} tno @param {number} layers */
function trainOn(tno, layers) {
  const x = tno.fmatrix('x');
  const y = tno.lvector('y');
  const V = tno.shared(tno.NDArray.zeros([4, 4], 'float32'), 'V');
  const W = tno.shared(tno.NDArray.zeros([4, 3], 'float32'), 'W');
  const b = tno.shared(tno.NDArray.zeros([3], 'float32'), 'b');
  const hidden = layers === 1 ? x : tno.tanh(x.dot(V));
  const p = tno.softmax(hidden.dot(W).add(b));
  const likelihood = p
    .log()
    .at(tno.arange(y.shape.at(0)), y)
    .mean();
  const cost = layers === 1 ? likelihood.neg() : tno.sqr(V).sum().mul(0.01).sub(likelihood);
  const parameters = layers === 1 ? [W, b] : [V, W, b];
  const gradients = tno.grad(cost, parameters);
  const train = tno.function([x, y], cost, {
    updates: parameters.map((parameter, i) => [parameter, parameter.sub(gradients[i].mul(0.1))]),
  });
  const predict = tno.function({ x }, { labels: tno.argmax(p, 1) });
  const examples = tno.NDArray.zeros([2, 4], 'float32');
  train(examples, tno.ndarray([0, 1], 'int64'));
  predict({ x: examples });
  W.setValue(W.getValue());
}

/** @param {Core} tno */
function elementwise(tno) {
  const a = tno.fvector('a');
  const b = tno.fvector('b');
  const f = tno.function([a, b], tno.maximum(a.mul(2).add(b.pow(2)), tno.exp(b.neg()).div(3)));
  f([1, 2], [3, 4]);
}
