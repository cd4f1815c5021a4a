"""The patient page's only script. A question that appears is named for a screen reader and gets the keyboard, unless
words stand in the box; an answer without a question gives the keyboard back to the box."""

from __future__ import annotations

SCRIPT = """
(() => {
  let asked = "", urgent = "", answers = 0;
  const part = (name) => document.querySelector("#patient-page " + name);
  const box = () => part("#box textarea");
  const idle = () => {
    const at = document.activeElement;
    return !at || at === document.body || !document.contains(at) || (at === box() && !at.value);
  };
  const named = (panel, words) => {
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", words);
    panel.tabIndex = -1;
    const list = panel.querySelector("#options");
    if (list) list.setAttribute("role", "presentation");
    panel.onkeydown = (key) => {  // words typed on a question that has the keyboard belong in the box
      const letter = key.key.length === 1 && key.key !== " " && !key.ctrlKey && !key.metaKey && !key.altKey;
      if (letter && key.target === panel && box()) box().focus();
    };
  };
  const look = () => {
    const panel = part("#asking"), question = part("#question .question"), now = part("#now .urgency");
    const words = panel && question ? question.innerText.trim() : "";
    const level = now ? now.innerText.trim() : "";
    if (panel && words) named(panel, words);
    const told = document.querySelectorAll("#patient-page #chat .user-row .message");
    const more = told.length > answers && told[told.length - 1];
    answers = told.length;
    if (more && level === urgent && !words) {  // the new answer, below the panel that stays at the top
      more.style.scrollMarginTop = (now ? now.offsetHeight : 0) + 16 + "px";
      more.scrollIntoView({ block: "start" });
    }
    if (words === asked && level === urgent) return;
    const changed = level && level !== urgent;
    asked = words;
    urgent = level;
    const choices = panel && words && panel.querySelector("#options input, #answer-yes");
    const target = choices ? panel : box();
    if (target && idle()) target.focus({ preventScroll: true });
    const shown = changed ? now : words ? (choices ? panel : part("#box")) : null;
    if (shown) shown.scrollIntoView({ block: changed ? "start" : "nearest" });
  };
  let soon = 0;  // the parts of a question arrive one after the other: look when they have settled
  const later = () => { clearTimeout(soon); soon = setTimeout(look, 120); };
  const all = { childList: true, subtree: true, characterData: true };
  const start = () => new MutationObserver(later).observe(document.body, all);
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
"""
