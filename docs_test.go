package kcfg_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryExportedNameIsDocumented: constants and variables may share the comment of their group, or have one behind them.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, p := range listPackages(t) {
		if strings.HasPrefix(p.ImportPath, "internal/") || strings.Contains(p.ImportPath, "/internal/") || strings.HasPrefix(p.ImportPath, "cmd/") || p.Name == "kcfg" || len(p.GoFiles) == 0 {
			continue
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, p.Dir+"/"+name, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, f)
		}
		d, err := doc.NewFromFiles(fset, files, module+p.ImportPath)
		require.NoError(t, err)
		missing := func(name, comment string) {
			if strings.TrimSpace(comment) == "" {
				t.Errorf("%s.%s has no comment", p.ImportPath, name)
			}
		}
		missing("package", d.Doc)
		values := func(all []*doc.Value) {
			for _, v := range all {
				for _, s := range v.Decl.Specs {
					s := s.(*ast.ValueSpec)
					if s.Names[0].IsExported() {
						missing(s.Names[0].Name, v.Doc+s.Doc.Text()+s.Comment.Text())
					}
				}
			}
		}
		funcs := func(all []*doc.Func, of string) {
			for _, f := range all {
				missing(of+f.Name, f.Doc)
			}
		}
		values(d.Consts)
		values(d.Vars)
		funcs(d.Funcs, "")
		for _, typ := range d.Types {
			missing(typ.Name, typ.Doc)
			values(typ.Consts)
			values(typ.Vars)
			funcs(typ.Funcs, "")
			funcs(typ.Methods, typ.Name+".")
		}
	}
}
