"use strict";

/* The search index and its worker are loaded when someone goes to the search, not with every page. */
if (location.protocol !== "file:") {
  const wanted = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("h")) resolve(); // a found page marks the words
    document.querySelector(".md-search__input").addEventListener("focus", resolve, { once: true });
    document.getElementById("__search").addEventListener("change", resolve, { once: true });
  });

  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).endsWith("/search_index.json")) {
      XMLHttpRequest.prototype.open = open;
      this.send = () => wanted.then(() => XMLHttpRequest.prototype.send.call(this));
    }
    return open.call(this, method, url, ...rest);
  };

  // A worker that becomes the theme's at its first message, which is the index. Other languages than
  // English would need the address of the worker to find their stemmers.
  const element = document.getElementById("__config");
  const config = JSON.parse(element.textContent);
  const worker = JSON.stringify(new URL(config.search, location));
  const start = `onmessage = (event) => {
    onmessage = null;
    importScripts(${worker});
    dispatchEvent(new MessageEvent("message", { data: event.data }));
  }`;
  config.search = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
  element.textContent = JSON.stringify(config);
}

/* The menu of small screens: a button for the theme's check box. */
{
  const drawer = document.getElementById("__drawer");
  const button = document.querySelector(".press-menu");
  const nav = document.getElementById("press-nav");
  const show = (open) => {
    if (drawer.checked !== open) drawer.click();
  };
  drawer.addEventListener("change", () => {
    button.setAttribute("aria-expanded", drawer.checked);
    if (drawer.checked) nav.querySelector("a").focus({ preventScroll: true });
  });
  button.addEventListener("click", () => show(!drawer.checked));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer.checked) {
      show(false);
      button.focus();
    }
  });
  nav.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !nav.contains(event.relatedTarget)) show(false);
  });
  nav.addEventListener("click", (event) => {
    if (event.target.closest("a")) show(false);
  });
}

/* "Copy program" says that it has copied. The theme copies, and its dialog is made to be read out. */
{
  let pressed = null;
  document.querySelector("[data-md-component=dialog]").setAttribute("role", "status");
  document.addEventListener("click", (event) => (pressed = event.target.closest(".program-copy")), true);
  document.addEventListener("copy", () => {
    const button = pressed;
    if (!button || button.dataset.label) return;
    button.dataset.label = button.textContent;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    }, 2000);
  });
}

/* The theme makes each copy icon a navigation landmark, dozens of them without a name. */
new MutationObserver(() => {
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
}).observe(document.querySelector("article") || document.body, { childList: true, subtree: true });

/* What scrolls sideways can be scrolled with the keyboard, and what does not is no stop on its way. */
{
  const update = () => {
    for (const part of document.querySelectorAll(".formula, .md-typeset__scrollwrap, .md-typeset pre")) {
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  addEventListener("load", update);
  addEventListener("resize", update);
  document.addEventListener("toggle", update, true);
}
