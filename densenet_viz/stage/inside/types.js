// The scene that `densenet_viz/stage/inside/scene.py` makes, and what views have in common.

/** @typedef {"network" | "block" | "layer" | "channel" | "number" | "classifier"} Level */
/** @typedef {{at: string, channel: number | null, y: number | null, x: number | null}} Place */
/** @typedef {{name: string, title: string, channels: number, size: number}} StepPlan */

/**
 * A layer that can be opened. Its last convolution writes `channels` maps of `size` px.
 * @typedef {object} LayerPlan
 * @property {string} at
 * @property {number} layer
 * @property {number} reads
 * @property {number} channels
 * @property {number} size
 * @property {number} parameters
 * @property {number} multiplyAdds
 * @property {StepPlan[]} steps
 */

/**
 * A part of the network; `pixels` before and `out` after it. A classifier has no layers.
 * @typedef {object} PartPlan
 * @property {string} at
 * @property {"stem" | "block" | "transition" | "classifier"} kind
 * @property {string} name
 * @property {number} number
 * @property {number} reads
 * @property {number} writes
 * @property {number} pixels
 * @property {number} out
 * @property {number} parameters
 * @property {number} multiplyAdds
 * @property {LayerPlan[]} layers
 */

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {{count: number, height: number, width: number, double: boolean, data: string}} PackedFloats */
/** @typedef {{source: number, start: number, stop: number}} Slice */
/** @typedef {{name: string, at: string, gamma: number, beta: number, mean: number, spread: number, strength: number}} ReaderRow */
/** @typedef {{name: string, maps: PackedMaps, low: number, high: number}} StepMaps */

/** @typedef {{kind: "block", mismatches: string[], ledgers: Slice[][], sources: {channels: number[], maps: PackedMaps}[]}} BlockDetail */
/** @typedef {{kind: "layer", ledger: Slice[], entering: StepMaps, steps: StepMaps[], seen: {channel: number, map: PackedFloats, readers: ReaderRow[]}}} LayerDetail */

/**
 * @typedef {object} ChannelDetail
 * @property {"channel"} kind
 * @property {string} step the convolution's name
 * @property {PackedFloats} map
 * @property {number} low
 * @property {number} high
 * @property {{name: string, map: PackedFloats}[]} after
 * @property {number} inputs
 * @property {number} kernelSize
 * @property {{input: number, weights: number[], adds: number}[]} kernels
 * @property {{source: number, change: number}[]} sources
 * @property {ReaderRow[]} readers
 * @property {{label: string, whole: number, without: number}[]} chances
 */

/**
 * What is around one number; `number.py` says what each part is.
 * @typedef {object} NumberDetail
 * @property {"number"} kind
 * @property {string} step
 * @property {PackedFloats} map
 * @property {number} inputs
 * @property {number} kernelSize
 * @property {number} stride
 * @property {number} padding
 * @property {number} readSize
 * @property {number} top
 * @property {number} left
 * @property {{input: number, weights: number[]}[]} strongest
 * @property {PackedFloats} read
 * @property {PackedFloats} rest
 * @property {PackedFloats} made
 * @property {{name: string, values: PackedFloats}[]} after
 * @property {ReaderRow[]} readers
 */

/** @typedef {{label: string, probability: number, weights: PackedFloats, bias: number, logit: number}} ClassWeights */
/** @typedef {{kind: "classifier", features: PackedFloats, ledger: Slice[], classes: ClassWeights[]}} ClassifierDetail */

/** @typedef {BlockDetail | LayerDetail | ChannelDetail | NumberDetail | ClassifierDetail} Detail */

/**
 * @typedef {object} Scene
 * @property {string} key the same for the same network and picture
 * @property {string} name
 * @property {boolean} trained
 * @property {string} picture
 * @property {string} alt
 * @property {PartPlan[]} parts
 * @property {string[]} colours of the sources of a block
 * @property {string} palette
 * @property {string} signed
 * @property {Place} place
 * @property {BlockDetail | LayerDetail | ChannelDetail | NumberDetail | ClassifierDetail | null} detail
 * @property {boolean} served whether a server sends the details of other places
 */

/**
 * What a view gets: the scene, the colours of maps, and how it goes to another place.
 * @typedef {object} Room
 * @property {Scene} scene
 * @property {Uint8Array} palette
 * @property {Uint8Array} signed
 * @property {(place: Place) => void} go
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * One level on the screen. `fill` shows its detail when it has arrived; `boxOf` says where a deeper
 * place lies in it, in pixels of the window.
 * @typedef {object} View
 * @property {HTMLElement} node
 * @property {(width: number) => void} [resize]
 * @property {(detail: Detail) => void} [fill]
 * @property {(place: Place) => Box | null} [boxOf]
 * @property {(place: Place) => boolean} [slide] moves to a place of the same level, if it can
 */

export {};
