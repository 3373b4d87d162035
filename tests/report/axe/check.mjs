// Looks at rendered pages as a reader does: axe at three sizes, keyboard, width, network.
// Usage: node check.mjs BROWSER FILE... ; prints one JSON object per file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...files] = process.argv.slice(2);
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
// A page at 200 % is a page half as wide with twice the pixels.
const sizes = {
  desktop: { viewport: { width: 1280, height: 900 } },
  zoomed: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
  phone: { viewport: { width: 320, height: 640 } },
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const file of files) {
  const found = { file, violations: [], requests: [], console: [], wider: [], outside: [], dead: [] };
  for (const [size, options] of Object.entries(sizes)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) found.requests.push(request.url());
    });
    page.on("console", (message) => found.console.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(axe);
    const result = await page.evaluate((tags) => axe.run({ runOnly: tags }), tags);
    for (const { id, nodes } of result.violations)
      found.violations.push(`${size}: ${id}: ${nodes[0].html.slice(0, 120)}`);
    found.rules = result.passes.length;
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (excess > 0) found.wider.push(`${size}: ${excess} px`);
    if (size === "phone")
      for (const width of [320, 390]) {
        await page.setViewportSize({ width, height: 844 });
        for (const one of await page.evaluate(outside)) found.outside.push(`${width} px: ${one}`);
      }
    if (size === "desktop") Object.assign(found, await keyboard(page), await content(page));
    await context.close();
  }
  console.log(JSON.stringify(found));
}
await browser.close();

// What lies beside the screen, or can only be seen by scrolling sideways.
function outside() {
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    // A wide drawing scrolls in its own frame, or its letters could not be read on a phone.
    if (element.closest(".drawing")) continue;
    if (element.matches(".skip, .unseen") || !box.width || !box.height) continue;
    const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX);
    if (
      box.right > innerWidth + 0.5 || box.left < -0.5 ||
      (scrolls && element.scrollWidth > element.clientWidth)
    )
      found.push(`${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`);
  }
  return found;
}

async function keyboard(page) {
  const focused = () =>
    page.evaluate(() => {
      const on = document.activeElement;
      const box = on.getBoundingClientRect();
      const name = on.id || on.getAttribute("aria-label") || on.textContent.trim();
      const start = on === document.body || on.classList.contains("skip");
      return { tag: on.tagName, start, name: name.slice(0, 60), seen: box.width > 0 && box.left >= 0 };
    });
  await page.keyboard.press("Tab");
  const first = await focused();
  await page.keyboard.press("Enter");
  const landed = await focused();
  const path = [];
  for (let step = 0; step < 400; step++) {
    await page.keyboard.press("Tab");
    const now = await focused();
    if (now.start) break;
    path.push(now);
  }
  const unseen = path.filter((one) => !one.seen);
  return { first, landed, steps: path.length, unseen };
}

async function content(page) {
  return page.evaluate(() => ({
    language: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((h) => Number(h.tagName[1])),
    scripts: document.scripts.length,
    broken: [...document.images].filter((i) => !i.naturalWidth).length,
    unnamed: [...document.images].filter((i) => i.alt.trim().length < 20).length,
    stops: document.querySelectorAll("main a[href], main [tabindex='0'], footer a").length,
    dead: [...document.querySelectorAll("a[href^='#']")]
      .map((a) => a.getAttribute("href"))
      .filter((href) => !document.getElementById(href.slice(1))),
  }));
}
