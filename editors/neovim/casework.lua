-- Casework in Neovim 0.11 or newer: put this file into `lua/` of your configuration and add
-- `require("casework")` to init.lua. The language server is part of Casework:
-- `pip install 'casework[lsp]'`.

vim.filetype.add({ extension = { case = "casework" } })

vim.api.nvim_create_autocmd("FileType", {
  pattern = "casework",
  callback = function(event)
    vim.bo[event.buf].commentstring = "# %s"
    vim.bo[event.buf].expandtab = true
    vim.bo[event.buf].shiftwidth = 2
    vim.bo[event.buf].softtabstop = 2
  end,
})

vim.lsp.config("casework", {
  cmd = function(dispatchers, config)
    local here = (config and config.root_dir or vim.fn.getcwd()) .. "/.venv/bin/casework"
    local program = vim.fn.executable(here) == 1 and here or "casework"
    return vim.lsp.rpc.start({ program, "lsp" }, dispatchers)
  end,
  filetypes = { "casework" },
  root_markers = { ".git", "pyproject.toml" },
})
vim.lsp.enable("casework")
