// What a stage is, for the type checker.

/**
 * An animation that can be recorded. `draw` shows a moment, 0 to `steps`; `until` is the last element
 * that belongs to the picture. `prepare` is called first; `restore` shows again what the visitor saw.
 * @typedef {{steps: number, stepMilliseconds: number, prepare: () => void, draw: (time: number) => void, until: HTMLElement, canvas: HTMLCanvasElement, restore: () => void}} Film
 */

/**
 * What is needed to save a stage: the name of its files, a function that draws it at another
 * resolution, and its animation, if it has one.
 * @typedef {{name: string, redraw?: () => void, film?: Film}} Saved
 */

/**
 * What every stage has. `mount(root, scene)` draws into an empty element. A stage that can be saved
 * as a picture has `save`, and gets a row of buttons on its page.
 * @typedef {{update: (scene: any) => void, destroy: () => void, save?: () => Saved}} Stage
 */

export {};
