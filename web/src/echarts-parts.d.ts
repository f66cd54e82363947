// ECharts ships no types for the files that register one part each.
declare module 'echarts/lib/chart/*';
declare module 'echarts/lib/component/*';
declare module 'echarts/lib/renderer/*';
