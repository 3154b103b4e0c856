// The two panes of a draft; everything works without this, a little less comfortably.
(() => {
  "use strict";

  const text = () => document.getElementById("id_text");

  // As many line numbers as lines while typing; the server marks the faulty ones at the next check.
  document.addEventListener("input", (event) => {
    if (event.target !== text()) return;
    const lines = event.target.value.split("\n").length;
    const gutter = document.getElementById("gutter");
    const shown = gutter.textContent.trimEnd().split("\n").length;
    if (shown !== lines) gutter.textContent = Array.from({ length: lines }, (_, place) => place + 1).join("\n") + "\n";
  });

  // The numbers follow the text as it is scrolled.
  const follow = () => {
    const gutter = document.getElementById("gutter");
    if (gutter && text()) gutter.scrollTop = text().scrollTop;
  };
  document.addEventListener("scroll", (event) => event.target === text() && follow(), true);

  // A fault's line: put the caret there and bring it into view.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-line]");
    if (!link || !text()) return;
    event.preventDefault();
    const number = Number(link.dataset.line);
    const lines = text().value.split("\n");
    const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
    text().focus({ preventScroll: true });
    text().setSelectionRange(start, start + (lines[number - 1] || "").length);
    const height = text().scrollHeight / Math.max(lines.length, 1);
    document.getElementById("file").scrollIntoView({ block: "nearest" });
    text().scrollTo(0, Math.max(0, (number - 4) * height));
  });

  // What a person types while an answer is on its way is not drawn over: the next check brings it along.
  const typed = () => new URLSearchParams(new FormData(document.getElementById("editor"))).toString();
  let sent = "";
  document.addEventListener("htmx:beforeRequest", () => {
    sent = typed();
  });

  const SCROLLED = ".pane-body, #id_text";

  // What was open and how far it was scrolled stays so when the panes are drawn anew.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (typed() !== sent) event.detail.shouldSwap = false;
    kept = {
      open: [...document.querySelectorAll("details.group[open]")].map((one) => one.id),
      scroll: [...document.querySelectorAll(SCROLLED)].map((one) => one.scrollTop),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    for (const group of document.querySelectorAll("details.group")) group.open ||= kept.open.includes(group.id);
    document.querySelectorAll(SCROLLED).forEach((one, place) => {
      one.scrollTop = kept.scroll[place] ?? 0;
    });
    follow();
  });

  // Leaving with changes that are not saved asks first.
  let changed = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#editor")) changed = true;
  });
  document.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
