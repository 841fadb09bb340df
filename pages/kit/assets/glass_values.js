// The values of the glass view as they came from the model, and what follows from them by adding and dividing.
// Pictures travel as one byte a number with a scale for each row: enough to be seen. What is clicked, the server
// computes exactly.
import { bytesOf } from "./kit.js"

const VIEWS = { f4: Float32Array, i1: Int8Array, u1: Uint8Array }

/** All values of one sentence in one model, decoded once. */
export function glassValues({ arrays, bytes, config }) {
  const buffer = bytesOf(bytes).buffer, { n_tokens: T, n_heads: H, n_kv_heads: K, head_size: D, n_channels: C } = config
  const N = config.n_hidden, slopes = config.slopes ?? [], memory = new Map()
  const raw = (name) => {
    if (!(name in arrays)) return null
    const [kind, at, ...shape] = arrays[name]
    return new VIEWS[kind](buffer, at, shape.reduce((a, b) => a * b, 1))
  }
  const once = (name, make) => {
    if (!memory.has(name)) memory.set(name, make())
    return memory.get(name)
  }
  /** Rows of numbers, read back from bytes and scales. */
  const rows = (name, n) =>
    once(name, () => {
      const small = raw(name), scale = raw(name + ".scale")
      if (!small) return null
      if (!scale) return small
      const out = new Float32Array(small.length)
      for (let i = 0; i < out.length; i++) out[i] = small[i] * scale[Math.floor(i / n)]
      return out
    })
  const sum = (name, a, b) =>
    once(name, () => {
      if (!a || !b) return null
      const out = new Float32Array(a.length)
      for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i]
      return out
    })
  /** The residual stream before block `l`. */
  const stream = (l) => rows(`x.${l}`, C) ?? (l > 0 ? sum(`after ${l}`, middle(l - 1), rows(`${l - 1}.down`, C)) : null)
  const middle = (l) => sum(`middle ${l}`, stream(l), rows(`${l}.out`, C))
  const normed = (l, which, from) =>
    once(`${which} ${l}`, () => {
      const x = from(l), gain = raw(`${l}.${which}.gain`), bias = raw(`${l}.${which}.bias`)
      if (!x || !gain) return null
      const out = new Float32Array(x.length)
      for (let t = 0; t < T; t++) {
        let mean = 0, size = 0
        if (config.norm === "layer") { for (let c = 0; c < C; c++) mean += x[t * C + c] / C }
        for (let c = 0; c < C; c++) size += (x[t * C + c] - mean) ** 2 / C
        size = Math.sqrt(size + config.norm_eps)
        for (let c = 0; c < C; c++) {
          out[t * C + c] = (x[t * C + c] - mean) / size * gain[c] + (bias ? bias[c] : 0)
        }
      }
      return out
    })
  const shared = (h) => Math.floor(h * K / H)
  /** One head's queries, keys or values: (T, D). */
  const vectors = (l, name, h) => {
    const all = rows(`${l}.${name}`, D), at = (name === "q" ? h : shared(h)) * T * D
    return all && all.subarray(at, at + T * D)
  }
  /** (T, T) shares of attention of one head; of head H the mean of all. */
  const weights = (l, h) =>
    once(`weights ${l} ${h}`, () => {
      const all = raw(`${l}.w`), size = T * T, out = new Float32Array(size)
      if (!all) {
        const few = h === H ? raw(`${l}.w.mean`) : raw(`${l}.w.${h}`)
        if (!few) return null
        for (let i = 0; i < size; i++) out[i] = few[i] / 255
        return out
      }
      for (let k = 0; k < H; k++) {
        if (h === H || h === k) { for (let i = 0; i < size; i++) out[i] += all[k * size + i] / 255 / (h === H ? H : 1) }
      }
      return out
    })
  const scores = (l, h) =>
    once(`scores ${l} ${h}`, () => {
      const q = vectors(l, "q", h), k = vectors(l, "k", h)
      if (!q) return null
      const out = new Float32Array(T * T)
      for (let i = 0; i < T; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0
          for (let d = 0; d < D; d++) product += q[i * D + d] * k[j * D + d]
          out[i * T + j] = product / Math.sqrt(D) - (slopes[h] ?? 0) * (i - j)
        }
      }
      return out
    })
  /** What every head brings: (T, H * D). */
  const mixed = (l) =>
    once(`mixed ${l}`, () => {
      if (!raw(`${l}.w`)) return null
      const out = new Float32Array(T * H * D)
      for (let h = 0; h < H; h++) {
        const w = weights(l, h), v = vectors(l, "v", h)
        for (let i = 0; i < T; i++) {
          for (let j = 0; j <= i; j++) {
            const share = w[i * T + j]
            if (share) { for (let d = 0; d < D; d++) out[i * H * D + h * D + d] += share * v[j * D + d] }
          }
        }
      }
      return out
    })
  const full = (l) => `${l}.q` in arrays
  return {
    T,
    H,
    D,
    C,
    N,
    L: config.n_layers,
    weights,
    scores,
    vectors,
    full,
    /** The numbers of one column of a block, a row for each token. */
    column: (l, name, h) =>
      ({
        embedding: () => rows("x.0", C),
        attention_input: () => normed(l, "norm1", stream),
        query: () => vectors(l, "q", h),
        key: () => vectors(l, "k", h),
        value: () => vectors(l, "v", h),
        score: () => scores(l, h),
        weight: () => weights(l, h),
        mixed: () => mixed(l),
        attention_output: () => rows(`${l}.out`, C),
        middle: () => middle(l),
        feedforward_input: () => normed(l, "norm2", middle),
        hidden: () => rows(`${l}.hidden`, N),
        feedforward_output: () => rows(`${l}.down`, C),
        after: () => stream(l + 1),
        final: () => normed(config.n_layers, "final", stream),
      })[name](),
    /** How many neurons of a token are not zero. */
    nOn: (l, t) =>
      once(`on ${l} ${t}`, () => {
        const hidden = raw(`${l}.hidden`)
        if (!hidden) return null
        let n = 0
        for (let c = 0; c < N; c++) n += hidden[t * N + c] ? 1 : 0
        return n
      }),
  }
}
