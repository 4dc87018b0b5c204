// What a stage is, for the type checker.

/**
 * An animation that can be recorded: `draw` shows a moment, 0 to `steps`, `until` is the last
 * element that belongs to the picture; `prepare` comes first, and `restore` goes back to where the
 * visitor was.
 * @typedef {{steps: number, stepMilliseconds: number, prepare: () => void, draw: (time: number) => void, until: HTMLElement, canvas: HTMLCanvasElement, restore: () => void}} Film
 */

/**
 * What a stage tells of itself to be saved: the name of its files, how it draws itself again at
 * another sharpness, and its animation, if it has one.
 * @typedef {{name: string, redraw?: () => void, film?: Film}} Saved
 */

/**
 * What every stage offers. `mount(root, scene)` draws into an empty element. One that can be saved
 * as a picture says how, and gets a row of buttons on its page.
 * @typedef {{update: (scene: any) => void, destroy: () => void, save?: () => Saved}} Stage
 */

export {};
