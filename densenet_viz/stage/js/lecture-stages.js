// What a stage leaves out on a slide, and how large its words at least are, so that the last row reads.

/**
 * For the shadow root of every stage on a slide. `fit` sets `--words` and `--labels`, lengths in the
 * stage's own pixels: sentences are never smaller than a slide's, labels hardly. Labels that a stage
 * puts to their places itself keep its sizes.
 */
export const STYLE = `
.stage-speed, .stage-save, .growth-scale, .block-panel, .transition-details, .structure-details,
.structure-part:nth-of-type(n + 3), .structure-button, .structure-bars + .structure-note, .attribution-tools,
.attribution-readout, .lineup-readout, .scatter-free, .variants-legend { display: none !important }
[data-stage="variants"] .stage-sentence, [data-stage="structure"] .stage-sentence { display: none }
.stage-head { flex-flow: row wrap; align-items: center; column-gap: 16px }
.stage-head .stage-title { order: -1; min-height: 0; font-size: max(22px, calc(1.15 * var(--words, 0px))) }
.stage-head .stage-sentence { flex: 1 0 100%; font-size: max(18px, var(--words, 0px)); min-height: 1.4em }
[data-stage="growth"] .stage-head .stage-sentence { min-height: 2.8em }
.paths-said, .scatter-readout { font-size: max(16px, var(--words, 0px)) }
.scatter-readout { min-height: 2.8em }
.scatter-title { font-size: max(19px, var(--words, 0px)) }
.stage-badge, .stage-place, .structure-note, .attribution figcaption, .attribution-meaning, .attribution-limits,
.attribution-words, .lineup-small, .lineup-tag, .lineup .lineup-name, .lineup-ends, .lineup-samples,
.lineup-shares p, .lineup-shares li > span, .scatter-axis, .scatter-legend, .scatter-family, .scatter-sentence,
.transition-label small, .paths-length, .paths-note, .paths-picture text { font-size: max(14px, var(--labels, 0px)) }
.paths-length { padding: 0 8px }
.structure-map figcaption { min-height: 0 }
.structure-map :is(figcaption, small) { font-size: max(14px, calc(0.8 * var(--labels, 0px))) }
`;
