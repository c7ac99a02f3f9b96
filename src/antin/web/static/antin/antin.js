/* Ấn Tín: small conveniences. Every page works without this file; words come from the page. */
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const root = document.documentElement, words = () => document.body.dataset;

  /* toast, with undo where nothing has left: the undo is a POST of its own */
  const show = box => {
    let left = $("form", box) ? 10 : 5;
    const tick = setInterval(() => {
      if (box.matches(":hover,:focus-within")) return;
      if (--left < 1) { clearInterval(tick); box.remove(); }
    }, 1000);
  };
  const toast = (text, undo) => {
    const host = $(".toasts"); if (!host || !text) return;
    const box = document.createElement("div"); box.className = "toast";
    box.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (undo) {
      const form = Object.assign(document.createElement("form"), { method: "post", action: undo });
      const token = $("input[name=csrfmiddlewaretoken]");
      if (token) form.append(token.cloneNode());
      form.append(Object.assign(document.createElement("button"), { textContent: words().undo }));
      box.append(form);
    }
    host.replaceChildren(box);
    show(box);
  };
  document.addEventListener("antin:toast", e => toast(e.detail.text, e.detail.undo));
  $$(".toasts .toast").forEach(show);

  document.addEventListener("click", e => {
    const t = e.target.closest("[data-dialog],[data-close],[data-clear],[data-print],[data-theme-switch],[data-toggle],[aria-disabled=true]");
    if (!t) return;
    if (t.ariaDisabled === "true") { e.preventDefault(); toast(t.dataset.why || words().refused); return; }
    if (t.dataset.dialog) {
      const box = $("#" + t.dataset.dialog);
      if (box) { e.preventDefault(); box.showModal(); }
    }
    if ("close" in t.dataset) t.closest("dialog").close();
    if ("print" in t.dataset) { e.preventDefault(); print(); }
    if ("clear" in t.dataset) { $$(".rows input:checked").forEach(c => { c.checked = false; }); count(); }
    if (t.dataset.toggle) {
      const on = t.getAttribute("aria-pressed") !== "true";
      t.setAttribute("aria-pressed", String(on));
      $(t.dataset.target)?.classList.toggle(t.dataset.toggle, on);
    }
    if ("themeSwitch" in t.dataset) {
      e.preventDefault();
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      fetch(t.href.replace(/(dark|light)(\?|$)/, root.dataset.theme + "$2"), { redirect: "manual" });
    }
  });

  /* reason chips: a press writes its words into the field they stand above */
  document.addEventListener("click", e => {
    const chip = e.target.closest(".chip[data-says]"), field = chip && $(chip.dataset.into);
    if (!field) return;
    const said = field.value.trim();
    if (!said.includes(chip.dataset.says)) field.value = said ? said + "\n" + chip.dataset.says : chip.dataset.says;
    chip.setAttribute("aria-pressed", "true");
    field.focus();
  });

  /* the pulse: counters as they are now; a list of arrivals asks again until it holds as many as there are */
  document.addEventListener("antin:pulse", e => $$("[data-counts]").forEach(at => {
    const keys = at.dataset.counts.split(" "), n = keys.reduce((sum, key) => sum + (e.detail.counts[key] || 0), 0);
    const said = n >= 1000 ? at.textContent : String(n);
    if (at.textContent === said) return;
    at.textContent = said;
    if (at.tagName === "SPAN") at.hidden = !n;
  }));
  document.addEventListener("antin:pulse", e => {
    const list = $("[data-arrived]");
    if (list && list.dataset.arrived !== String(e.detail.counts.arrived || 0)) document.body.dispatchEvent(new Event("antin:arrived"));
  });

  /* a dialog closes when its backdrop is pressed; forms are sent once */
  document.addEventListener("click", e => { if (e.target.matches("dialog")) e.target.close(); });
  document.addEventListener("submit", e => {
    if (e.defaultPrevented || e.target.method !== "post") return;
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(() => { delete e.target.dataset.sent; }, 8000);
  });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach(f => { delete f.dataset.sent; }));

  /* the page: zoom in steps, text layer shown */
  document.addEventListener("click", e => {
    const zoom = e.target.closest("[data-zoom]"), layer = e.target.closest("[data-text-layer]");
    const stack = e.target.closest(".viewer")?.querySelector("[data-stack]");
    if (!stack) return;
    if (zoom) {
      const step = Math.min(3, Math.max(0, Number(stack.dataset.step || 1) + Number(zoom.dataset.zoom)));
      stack.dataset.step = String(step);
    }
    if (layer) layer.setAttribute("aria-pressed", String(stack.toggleAttribute("data-layer")));
  });

  /* bulk bar */
  const count = () => {
    const bar = $(".bulk"); if (!bar) return;
    const n = $$(".rows input:checked").length;
    bar.hidden = !n; $("[data-count]", bar).textContent = n;
  };
  document.addEventListener("change", e => { if (e.target.closest(".rows")) count(); });

  /* single keys: never while typing, never while an input method is composing, never with a modifier, off by choice */
  let going = false;
  document.addEventListener("keydown", e => {
    if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (words().keys === "off" || $("dialog[open]")) return;
    if (e.target.closest("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]")) return;
    if (going) {
      going = false;
      const to = $(`[data-go="${CSS.escape(e.key)}"]`);
      if (to) { e.preventDefault(); to.click(); }
      return;
    }
    const links = $$(".rows .abs a, .card h2 a");
    const at = Math.max(links.indexOf(document.activeElement), links.findIndex(a => a.ariaCurrent));
    const go = d => { const a = links[Math.min(Math.max(at + d, 0), links.length - 1)]; a?.focus(); a?.scrollIntoView({ block: "nearest" }); };
    const keys = {
      "/": () => $("#tim")?.focus(), j: () => go(1), k: () => go(-1), g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
      x: () => { const c = document.activeElement.closest?.("li")?.querySelector("[type=checkbox]"); if (c) { c.checked = !c.checked; count(); } },
      "?": () => $("#phim")?.showModal(),
    };
    const marked = $(`[data-key="${CSS.escape(e.key)}"]`);
    if (marked) { e.preventDefault(); marked.click(); }
    else if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
  });

  /* htmx: the target says that it is busy; afterwards the focus goes to the new heading */
  document.addEventListener("htmx:beforeRequest", e => e.detail.target?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", e => e.detail.target?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:responseError", e => {
    if (!e.detail.xhr.getResponseHeader("HX-Trigger")) toast(words().failed);
  });
  document.addEventListener("htmx:sendError", () => toast(words().unreachable));
  document.addEventListener("htmx:afterSwap", e => {
    const head = e.detail.target && $("[data-focus]", e.detail.target);
    if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
  });

  /* summary of faults after a refused form */
  $("[data-fault-summary]")?.focus();
})();
