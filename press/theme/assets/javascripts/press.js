"use strict";

/* The search index and its worker are loaded when someone goes to the search, not with every page. */
if (location.protocol !== "file:") {
  const element = document.getElementById("__config");
  const config = JSON.parse(element.textContent);
  const base = new URL(config.base.replace(/\/?$/, "/"), location);
  const worker = new URL(config.search, location);
  const start = `onmessage = event => {
    onmessage = null;
    importScripts(${JSON.stringify(worker.href)});
    dispatchEvent(new MessageEvent("message", {data: event.data}));
  }`;
  config.search = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
  element.textContent = JSON.stringify(config);

  const wanted = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("h")) resolve();
    document.querySelector(".md-search__input").addEventListener("focus", resolve, { once: true });
    document.getElementById("__search").addEventListener("change", resolve, { once: true });
  });
  window.__search = {
    index: wanted
      .then(() => fetch(new URL("search/search_index.json", base)))
      .then((response) => response.json()),
  };
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
