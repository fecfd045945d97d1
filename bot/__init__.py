"""The daily-report bot of the epidemic-free community programme (无疫社区创建助手)."""
