// The page of a phone that follows: what `lecture/page.py` loads.

import { Follow } from "./follow.js";
import { codeIn } from "./state.js";

const root = /** @type {HTMLElement} */ (document.getElementById("follow"));
new Follow(root, root.dataset.base ?? "").start(codeIn(location.pathname));
