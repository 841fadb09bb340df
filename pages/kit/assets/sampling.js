// The arithmetic of core/inference/sampling.py once more, for the hand that drags: temperature, then top-k,
// then top-p, then the draw. A test holds both to the same numbers, ties included.

/** Probabilities at a temperature: softmax(logits / temperature); 0 puts all on the likeliest, lowest id first. */
export function temper(logits, temperature) {
  const probs = new Float64Array(logits.length)
  let likeliest = 0
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[likeliest]) likeliest = i
  if (temperature === 0) {
    probs[likeliest] = 1
    return probs
  }
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += probs[i] = Math.exp((logits[i] - logits[likeliest]) / temperature)
  for (let i = 0; i < probs.length; i++) probs[i] /= sum
  return probs
}

/** Ids of the tokens that can be drawn, from the likeliest down; among equals the lower id first. */
export function ranked(probs) {
  const possible = []
  for (let i = 0; i < probs.length; i++) if (probs[i] > 0) possible.push(i)
  return possible.sort((a, b) => probs[b] - probs[a] || a - b)
}

function shared(kept) {
  let sum = 0
  for (const p of kept) sum += p
  return kept.map((p) => p / sum)
}

/** Keep the k likeliest; tokens as likely as the k-th stay too. */
export function keepLikeliest(probs, k) {
  if (k >= probs.length) return probs.slice()
  const least = Float64Array.from(probs).sort()[probs.length - k]
  return shared(probs.map((p) => (p >= least ? p : 0)))
}

/** Keep the smallest set of likeliest tokens that holds at least `topP` of the mass. */
export function keepNucleus(probs, topP) {
  if (topP === 1) return probs.slice()
  const kept = new Float64Array(probs.length)
  let before = 0
  for (const id of ranked(probs)) {
    if (before >= topP) break
    kept[id] = probs[id]
    before += probs[id]
  }
  return shared(kept)
}

/** What the next token is drawn from; `topK` 0 or null keeps all. */
export function nextTokenProbs(logits, { temperature, topK, topP }) {
  const tempered = temper(logits, temperature)
  const likeliest = topK ? keepLikeliest(tempered, topK) : tempered
  const probs = topP < 1 ? keepNucleus(likeliest, topP) : likeliest
  return { tempered, likeliest, probs }
}

/** Bits of uncertainty: 0 if one token is certain, log2(V) if all are alike. */
export function entropyBits(probs) {
  let bits = 0
  for (const p of probs) if (p > 0) bits -= p * Math.log2(p)
  return bits
}

/** The darts of Python's random.Random(seed): Mersenne Twister, Matsumoto and Nishimura 1998. */
export class Darts {
  constructor(seed) {
    const key = []
    for (let rest = Math.abs(Math.trunc(seed)); key.length === 0 || rest > 0; rest = Math.floor(rest / 2 ** 32)) key.push(rest >>> 0)
    const state = this.state = new Uint32Array(624)
    state[0] = 19650218
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i
    let i = 1, j = 0
    for (let k = Math.max(624, key.length); k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1664525)) + key[j] + j
      if (++i === 624) { state[0] = state[623]; i = 1 }
      if (++j === key.length) j = 0
    }
    for (let k = 623; k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1566083941)) - i
      if (++i === 624) { state[0] = state[623]; i = 1 }
    }
    state[0] = 0x80000000
    this.at = 624
  }

  word() {
    const s = this.state
    if (this.at === 624) {
      for (let k = 0; k < 624; k++) {
        const y = (s[k] & 0x80000000) | (s[(k + 1) % 624] & 0x7fffffff)
        s[k] = s[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      this.at = 0
    }
    let y = s[this.at++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** The next number in [0, 1), all 53 bits of it. */
  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }
}

/** The dart thrown for the n-th token after the prompt, so that stepping, running and rewinding agree. */
export function dart(seed, n) {
  const darts = new Darts(seed)
  let last = darts.random()
  for (let i = 0; i < n; i++) last = darts.random()
  return last
}

/** The token whose stretch of the line a dart in [0, 1) hits. */
export function draw(probs, thrown) {
  let total = 0
  for (const p of probs) total += p
  let end = 0
  for (let i = 0; i < probs.length; i++) {
    end += probs[i]
    if (end > thrown * total) return i
  }
  return probs.findLastIndex((p) => p > 0)
}
