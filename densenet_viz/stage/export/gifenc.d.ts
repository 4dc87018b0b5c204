// What the animation's GIF uses of gifenc.

export type Colour = number[];
export interface FrameOptions {
  palette?: Colour[];
  delay?: number;
  repeat?: number;
  transparent?: boolean;
  transparentIndex?: number;
  dispose?: number;
}
export interface Encoder {
  writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void;
  finish(): void;
  bytes(): Uint8Array<ArrayBuffer>;
}
export function GIFEncoder(): Encoder;
export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number, options?: { format: "rgb565" }): Colour[];
export function applyPalette(rgba: Uint8Array | Uint8ClampedArray, palette: Colour[], format: "rgb565"): Uint8Array;
