// Charts: every [data-chart] draws the options in the JSON block of that id; ECharts is fetched only where one stands.
(() => {
  "use strict";
  const COLOURS = ["#0b5563", "#4b9aa5", "#c58a1c", "#7c93b5", "#9a5b6e", "#7fae84"];
  let library = null;

  const load = () => {
    if (!library) {
      library = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = document.querySelector('meta[name="echarts"]').content;
        script.onload = () => resolve(window.echarts);
        script.onerror = reject;
        document.head.append(script);
      });
    }
    return library;
  };

  const inWan = (value) => (Math.abs(value) >= 10000 ? `${value / 10000} 万` : `${value}`);

  const dress = (options) => {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const dressed = {
      color: COLOURS,
      animation: !calm,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1b2a31" },
      aria: { enabled: false },
      ...options,
    };
    if (options.xAxis) {
      dressed.grid = { left: 8, right: 16, top: 48, bottom: 8, containLabel: true, ...options.grid };
      if ([options.series].flat().length > 1) dressed.legend = { top: 0, left: 0, ...options.legend };
      if (dressed.legend) dressed.grid.top = options.grid?.top ?? 72;
    }
    // An HTML tooltip would carry inline styles, which the content security policy forbids.
    dressed.tooltip = { ...options.tooltip, renderMode: "richText", confine: true };
    for (const axis of [dressed.xAxis, dressed.yAxis].flat().filter((one) => one && one.type === "value")) {
      axis.axisLabel = { formatter: inWan, ...axis.axisLabel };
    }
    return dressed;
  };

  const draw = (echarts, place) => {
    if (echarts.getInstanceByDom(place)) return;
    const options = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(dress(options));
    new ResizeObserver(() => chart.resize()).observe(place);
  };

  const drawAll = (within) => {
    const places = within.querySelectorAll("[data-chart]");
    if (places.length) load().then((echarts) => places.forEach((place) => draw(echarts, place)), () => {});
  };

  drawAll(document);
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
})();
