// What the tests ask of every page that a visitor passes. axe-core comes along as text, in AXE, and is read where it is
// called for: to read it costs as much as most pages.
window.judging = (() => {
  const WORDS = /^(action|alt|aria-label|content|datetime|href|nonce|src|title|value)$/;
  const NO_STYLE = /^(d|for|height|id|lang|name|points|transform|width|x|y)$/;
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const attributes = (element, left = /^$/) => [...element.attributes]
    .filter(({name}) => !left.test(name))
    .map(({name, value}) => name + (WORDS.test(name) ? !!value : value));

  // What axe-core judges a page by: its elements and their attributes; of words only whether they are there.
  const state = () => [...document.querySelectorAll("*")]
    .map((element) => element.tagName + attributes(element) + hasText(element)).join();

  // Where a text stands, as a style sheet sees it: which elements lie around it. It decides the colours.
  const places = () => {
    const known = new Map();
    const place = (element) => {
      if (!element) return "";
      if (!known.has(element)) {
        const own = element.tagName + attributes(element, NO_STYLE) + !!element.querySelector(":checked");
        known.set(element, `${place(element.parentElement)} ${own}`);
      }
      return known.get(element);
    };
    const fields = "input, select, textarea";
    return [...document.body.querySelectorAll("*")]
      .filter((element) => hasText(element) || element.matches(fields))
      .map((element) => [element, place(element)]);
  };

  const axe = () => window.axe || ((0, eval)(AXE), window.axe);
  const faults = ({violations}) => violations
    .map(({id, nodes}) => `${id} ${nodes.slice(0, 3).map(({target}) => target)}`);

  return {
    look: () => ({
      sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth + 1,
      state: state(),
      places: [...new Set(places().map(([, place]) => place))],
    }),
    rules: async () => faults(await axe().run({
      iframes: false, preload: false, resultTypes: ["violations"], rules: {"color-contrast": {enabled: false}},
    })),
    colours: async (wanted) => {
      const asked = new Set(wanted);
      const include = places().filter(([, place]) => asked.has(place)).map(([element]) => element);
      return faults(await axe().run({include}, {iframes: false, preload: false, runOnly: ["color-contrast"]}));
    },
  };
})();
