// What a stage leaves out on a slide, and its smallest font sizes, so the last row can read everything.

/**
 * A style for the shadow root of every stage on a slide. `fit` sets `--words`, the font size of the
 * slide's words in the stage's own pixels: no text of a stage is smaller. On a phone (without
 * `data-wide`, which `fit` sets) a stage has the same sizes as on its page.
 */
export const STYLE = `
.stage-speed, .stage-save, .growth-scale, .block-panel, .transition-details, .structure-details, .structure-button,
.attribution-tools, .attribution-readout, .attribution-maker, .lineup-readout, .scatter-free, .variants-legend { display: none !important }
[data-stage]:not([data-wide]) :is(.structure-part:nth-of-type(n + 3), .structure-bars + .structure-note) { display: none }
[data-wide] {
  .block-whole, .structure-part:is(:nth-of-type(1), :nth-of-type(4)), .structure-part > :is(h3, .structure-note),
  .structure-block > :nth-child(n + 5), .scatter-sentence, .scatter-readout:not(.scatter-speaks), .variants-where,
  .structure-link, .variants-peak, .variants-block i, .variants-numbers > :nth-child(2) { display: none }
  &:is([data-stage="variants"], [data-stage="structure"], [data-stage="overview"], [data-stage="lineup"],
  [data-stage="variants-count"]) .stage-sentence { display: none }

  .stage-title { font-size: max(16px, calc(1.15 * var(--words, 0px))); min-height: 0 !important }
  .stage-sentence, .stage-badge, .stage-place, .stage-switch button, .stage-choice,
  .paths-said, .paths-length, .paths-note, .paths-picture text,
  .growth-picture figcaption, .growth-pill small, .growth-count small, .growth-hint, .block-count, .block-count span,
  .block-node b, .block-node small, .block-note, .transition-label, .transition-label small,
  .overview-legend, .overview-part strong, .overview-name, .overview-size, .variants-numbers,
  .variants-numbers strong, .variants-block b, .count-tally, .count-caption, .count-tight,
  .structure-name, .structure-block, .structure-link, .structure-link small, .structure-readout,
  .structure-map :is(figcaption, small), .structure-absent, .attribution figcaption, .attribution-meaning,
  .attribution-limits, .attribution-words, .lineup .lineup-name, .lineup-tag, .lineup-small, .lineup-mark, .lineup-percent,
  .lineup-ghost, .lineup-ends, .lineup-samples, .lineup-shares p, .lineup-shares li > span, .scatter-axis, .scatter-legend,
  .scatter-family, .scatter-readout { font-size: max(14px, var(--words, 0px)) }

  .stage-sentence { min-height: 1.4em }
  .stage-badge { white-space: normal }
  .stage-button { width: 32px; height: 32px }
  .stage-switch button { padding: 2px 12px; min-height: 30px }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview, & .count) { display: grid; gap: 6px 20px; grid-template-columns: minmax(0, 1fr) minmax(260px, 38%); align-items: center }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview, & .count) > .stage-head { display: contents }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview, & .count) :is(.stage-title, .stage-sentence) { grid-column: 1 }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview, & .count) .stage-title { grid-row: 1 }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview, & .count) .stage-sentence { grid-row: 2 }
  :is(&[data-stage="growth"], &[data-stage="block"], & .overview) .stage-badge { grid-area: 2 / 2; justify-self: end }
  :is(.growth-controls, .block-controls, .overview > .stage-player, .count > .stage-player) { grid-area: 1 / 2; margin: 0; padding: 0 }
  :is(.stage-view, .overview-view, .count-view, .block-top) { grid-column: 1 / -1 }
  .growth-controls .stage-player { flex: 1 1 0 }
  .stage-slider { min-width: 40px; flex: 1 1 40px }
  .stage-place { min-width: 6em }
  .stage-head { flex-flow: row wrap; align-items: center; column-gap: 16px }
  .stage-head .stage-title { order: -1 }
  .stage-head .stage-sentence { flex: 1 0 100% }
  &:is([data-stage="growth"], [data-stage="block"]) .stage-sentence { min-height: 2.8em }
  .block-top { margin: 0 }
  .block-count b { font-size: max(30px, calc(2 * var(--words, 0px))) }
  .overview-view { padding-bottom: max(124px, calc(7.8 * var(--words) + 6px)); overflow-x: clip }
  .overview-tight :is(.overview-legend, .overview-classifier) { display: none }
  .overview-tight :is(.overview-picture, .overview-stem) .overview-size { visibility: hidden }
  .overview .stage-badge { grid-row: 2 }
  .variants { gap: 4px }
  .variants-list { gap: 6px }
  .variants-row, .variants-guide { margin-left: var(--names, 0px) }
  .variants-name { left: calc(-1 * var(--names, 0px)); padding: 0; gap: 0 }
  .variants-title { gap: 8px }
  .variants-title b { font-size: max(15px, calc(1.1 * var(--words, 0px))) }
  .count-sum { font-size: 80px }
  .count-formula { font-size: max(20px, calc(1.3 * var(--words, 0px))) }
  .count-switches { grid-column: 1 / -1 }
  .count-view { gap: 8px }
  .paths-said { min-height: 4.2em; font-weight: 600 }
  .paths-length { padding: 0 8px; min-height: 28px; grid-template-columns: 5.2em minmax(10px, 1fr) 6em; white-space: nowrap }
  .paths-grid { grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr) }
  .paths-count { display: none }
  .transition-view { margin-top: 6px }
  .structure { gap: 8px }
  .structure-block { padding: 4px 10px }
  .structure-grid { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 28px }
  .structure-part { gap: 6px }
  .structure-part:nth-of-type(3) { grid-row: 1 }
  .structure-readout { min-height: 2.8em }
  .structure-maps { grid-template-columns: repeat(2, minmax(0, min(50%, calc(var(--stage-room) * 1px - 18 * var(--words))))) }
  .structure-map figcaption { min-height: 0 }
  .attribution { grid-template-columns: auto minmax(0, 1fr); gap: 8px 20px }
  .attribution > .stage-head { grid-column: 1 / -1 }
  .attribution-pictures { --side: min(calc(var(--stage-room) * 1px - 9.4 * var(--words)), 36cqi); grid-template-columns: var(--side) var(--side) }
  .attribution-below { align-content: center }
  .lineup { gap: 8px }
  .lineup-cards { --side: calc(var(--stage-room) * 1px - 15.5 * var(--words)) }
  .lineup .frame { width: min(100%, var(--side)) }
  .lineup-card { row-gap: 6px }
  .lineup-head { gap: 2px 10px; grid-template-columns: auto minmax(0, 1fr); align-items: center }
  .lineup-head > :is(.lineup-name, .lineup-bar, .lineup-tag) { grid-column: 1 / -1 }
  .lineup-answer { font-size: max(18px, calc(1.3 * var(--words, 0px))) }
  .lineup-mark { padding: 0 10px }
  .lineup-shares ul { gap: 2px }
  .lineup-shares b { font-size: max(15px, calc(1.1 * var(--words, 0px))) }
  .lineup-shares .lineup-rail { margin-top: 1px }
  .lineup-foot { gap: 4px }
  .scatter { gap: 8px }
  .scatter-speaks { position: absolute; inset: 0 0 auto; z-index: 1; min-height: 0; background: var(--paper) }
  .scatter-title { font-size: max(15px, calc(1.05 * var(--words, 0px))) }
  .scatter-family { padding: 2px 12px 2px 8px; min-height: 32px }
  .scatter-panels { gap: 0 20px }
}
`;
