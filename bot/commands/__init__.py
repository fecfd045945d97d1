"""One module a command of ``wuyi``, loaded only when it is called."""
