/** A program as users write it. types.test.ts records what an editor shows at each marked name. */
import * as tno from '../../src/index.js';

export const x = tno.matrix('x'); // <- x
export const y = tno.lvector('y'); // <- y
export const W = tno.shared([[0.1, 0.2]], 'W'); // <- W
export const b = tno.shared(tno.NDArray.zeros([10], 'float32'), 'b', { shape: [null] }); // <- b

export const logits = tno.fmatrix('x').dot(b); // <- logits
export const p = tno.softmax(x.dot(W).add(0.5)); // <- p
export const picked = p.log().at(tno.arange(y.shape.at(0)), y); // <- picked
export const cost = picked.mean().neg(); // <- cost
export const errors = p.argmax(1).neq(y).mean(); // <- errors
export const scaled = tno.imatrix('i').mul(2).div(3); // <- scaled
export const mask = tno.switch(x.gt(0), tno.fmatrix('m'), 0); // <- mask
export const column = tno.fmatrix('c').sum(1, { keepdims: true }).reshape([2, -1, 1]); // <- column

export const mixed = x.mul(tno.fvector('v')); // <- mixed
export const [gW, gb] = tno.grad(cost, [W, b]); // <- gW gb

export const train = tno.function([x, y], cost, { updates: [[W, W.sub(gW)]] }); // <- train
export const named = tno.function({ x, y }, { cost, errors, p }); // <- named
export const loss = train([[1]], [0]); // <- loss
export const results = named({ x: [[1]], y: [0] }); // <- results
export const dtype = logits.dtype; // <- dtype
export const add = x.add; // <- add
export const settings = tno.config; // <- settings
