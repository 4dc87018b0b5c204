// The linked table: the same systems in numbers, sorted by any column.

import { h, say } from "../shared/dom.js";
import { swatch } from "./panel.js";
import { isNumeric, sorted } from "./words.js";

/** @typedef {{key: string, title: string, note: string, cited: boolean}} Column */
/** @typedef {{id: string, group: string, label: string, cells: string[]}} Row */
/** @typedef {import("./panel.js").Group} Group */
/** @typedef {import("./panel.js").Actions} Actions */
/** @typedef {"ascending" | "descending"} Way */

const ARROWS = { ascending: "▲", descending: "▼", none: "↕" };
const NAME = -1;

export class TableView {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    /** @type {{column: number, way: Way} | null} */
    this.order = null;
    this.shape = "";
    this.caption = h("caption", { class: "stage-hidden" });
    this.head = h("thead");
    this.body = h("tbody");
    this.table = h("table", { class: "scatter-table" }, this.caption, this.head, this.body);
    this.node = h("div", { class: "scatter-scroll", role: "region", tabindex: 0 }, this.table);
    /** @type {Column[]} */
    this.columns = [];
    /** @type {Row[]} */
    this.rows = [];
  }

  /** @param {Column[]} columns @param {Row[]} rows @param {Group[]} groups @param {string} label */
  update(columns, rows, groups, label) {
    this.node.hidden = columns.length === 0;
    Object.assign(this, { columns, rows });
    say(this.caption, label);
    this.node.setAttribute("aria-label", `Table: ${label}`);
    const shape = JSON.stringify([
      columns,
      rows.map(({ id, group, label: name }) => [id, group, name]),
    ]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.paintHead();
      this.body.replaceChildren(...rows.map((row) => this.row(row, groups)));
    }
    for (const [index, row] of rows.entries()) {
      const cells = this.line(index)?.querySelectorAll("td") ?? [];
      for (const [place, cell] of cells.entries()) say(cell, row.cells[place]);
    }
    this.arrange();
  }

  /** @param {number} index of `rows` */
  line(index) {
    return [...this.body.rows].find((line) => line.dataset.id === this.rows[index].id);
  }

  paintHead() {
    const groups = [];
    for (const column of this.columns) {
      const last = groups[groups.length - 1];
      if (last && last.note === column.note && last.cited === column.cited) last.span += 1;
      else groups.push({ note: column.note, cited: column.cited, span: 1 });
    }
    const notes = groups.map(({ note, cited, span }) =>
      h(
        "th",
        { scope: "colgroup", colspan: span, class: kind(cited) },
        h("span", {}, heading(note, cited)),
      ),
    );
    const names = this.columns.map((column, index) => {
      const numeric = isNumeric(this.rows.map((row) => row.cells[index]));
      return h(
        "th",
        { scope: "col", class: `${kind(column.cited)} ${numeric ? "scatter-number" : ""}` },
        this.button(column.title, index),
      );
    });
    this.head.replaceChildren(
      h("tr", { class: "scatter-notes" }, h("td"), ...notes),
      h("tr", {}, h("th", { scope: "col" }, this.button("System", NAME)), ...names),
    );
  }

  /** @param {string} title @param {number} index */
  button(title, index) {
    const arrow = h("span", { class: "scatter-arrow", "aria-hidden": "true" });
    return h("button", { type: "button", onclick: () => this.sort(index) }, title, arrow);
  }

  /** @param {Row} row @param {Group[]} groups */
  row(row, groups) {
    const group = groups.find(({ name }) => name === row.group);
    const name = h(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        onclick: () => this.actions.toggle(row.id),
        onfocus: this.focused(row.id),
        onblur: () => this.actions.focus(null),
      },
      ...(group ? [swatch(group)] : []),
      row.label,
    );
    const cells = row.cells.map((_, index) => {
      const numeric = isNumeric(this.rows.map(({ cells: all }) => all[index]));
      return h("td", {
        class: `${kind(this.columns[index].cited)} ${numeric ? "scatter-number" : ""}`,
      });
    });
    return h(
      "tr",
      {
        "data-id": row.id,
        onpointerenter: this.pointed(row.id),
        onpointerleave: this.pointed(null),
      },
      h("th", { scope: "row" }, name),
      ...cells,
    );
  }

  /** @param {string} id */
  focused(id) {
    return (/** @type {Event} */ event) => {
      if (/** @type {Element} */ (event.target).matches(":focus-visible")) this.actions.focus(id);
    };
  }

  /** @param {string | null} id */
  pointed(id) {
    return (/** @type {Event} */ event) => {
      if (/** @type {PointerEvent} */ (event).pointerType === "mouse") this.actions.point(id);
    };
  }

  /** Sorts by a column: ascending, then descending, then the first order. @param {number} column */
  sort(column) {
    if (this.order?.column !== column) this.order = { column, way: "ascending" };
    else this.order = this.order.way === "ascending" ? { column, way: "descending" } : null;
    this.arrange();
  }

  arrange() {
    const { order } = this;
    const cells = this.rows.map((row) =>
      order?.column === NAME ? row.label : row.cells[order?.column ?? 0],
    );
    const places = order ? sorted(cells, order.way) : this.rows.map((_, index) => index);
    const lines = places.flatMap((index) => this.line(index) ?? []);
    // Moving a row removes the focus from its button, so rows move only when the order changes.
    if (lines.some((line, index) => this.body.rows[index] !== line)) this.body.append(...lines);
    for (const [index, cell] of [...this.head.querySelectorAll("th[scope=col]")].entries()) {
      const way = order && order.column === index - 1 ? order.way : "none";
      cell.setAttribute("aria-sort", way);
      const arrow = cell.querySelector(".scatter-arrow");
      if (arrow) say(arrow, ARROWS[way]);
    }
  }

  /** @param {Set<string> | null} lit @param {Set<string>} pinned */
  light(lit, pinned) {
    this.table.classList.toggle("scatter-some", lit !== null);
    for (const line of this.body.rows) {
      const id = line.dataset.id ?? "";
      line.classList.toggle("scatter-lit", lit?.has(id) ?? false);
      line.querySelector("button")?.setAttribute("aria-pressed", String(pinned.has(id)));
    }
  }
}

/** @param {boolean} cited */
function kind(cited) {
  return cited ? "scatter-cited" : "scatter-live";
}

/** The heading over columns with the same note. @param {string} note @param {boolean} cited */
function heading(note, cited) {
  if (!cited || note.toLowerCase().includes("cited")) return note;
  return note ? `cited: ${note}` : "cited";
}
