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

  // "出口额（美元）" is in 美元: an axis says 万美元 once, its marks are short numbers.
  const unitOf = (series) => [series].flat().map((one) => /（(元|美元)）$/.exec(one?.name ?? "")?.[1]).find(Boolean);
  const inWan = (value) => (value / 10000).toLocaleString("zh-CN");

  const dress = (options, place) => {
    const narrow = place.clientWidth < 480;
    const unit = unitOf(options.series);
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
      axis.axisLabel = { hideOverlap: true, ...(unit && { formatter: inWan }), ...axis.axisLabel };
      axis.splitNumber ??= narrow ? 3 : 5;
      if (unit) {
        axis.name = `万${unit}`;
        if (axis === dressed.xAxis) Object.assign(axis, { nameLocation: "middle", nameGap: 30 });
        dressed.grid.bottom = axis === dressed.xAxis ? 32 : dressed.grid.bottom;
      }
    }
    // Names of firms and bodies break into lines instead of taking the width from the bars.
    if (dressed.yAxis?.type === "category") {
      dressed.yAxis.axisLabel = { width: narrow ? 84 : 200, overflow: "break", ...dressed.yAxis.axisLabel };
      dressed.yAxis.name = "";
    }
    if (unit) dressed.tooltip.valueFormatter = (value) => `${Number(value).toLocaleString("zh-CN")} ${unit}`;
    return dressed;
  };

  const draw = (echarts, place) => {
    if (echarts.getInstanceByDom(place)) return;
    const options = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    if (options.yAxis?.type === "category" && options.yAxis.data.length < 4) place.classList.add("chart-low");
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(dress(options, place));
    new ResizeObserver(() => chart.resize()).observe(place);
  };

  const drawAll = (within) => {
    const places = within.querySelectorAll("[data-chart]");
    if (places.length) load().then((echarts) => places.forEach((place) => draw(echarts, place)), () => {});
  };

  drawAll(document);
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
})();
