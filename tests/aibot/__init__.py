"""The group bot of WeCom (智能机器人), against a server that keeps its rules."""
