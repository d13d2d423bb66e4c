//! What a Rust file names, read with syn: every path in `use` trees, expressions, types, attributes and macros, every
//! method that is called, and every item that is defined.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ItemMod, ItemUse, UseTree, Visibility,
    visit::{self, Visit},
};

/// A path as it is written, `use` trees taken apart: `use a::{b, c as d}` is `a::b` and `a::c`.
pub struct Named {
    pub line: usize,
    /// The module it stands in, from the crate's root.
    pub module: Vec<String>,
    pub path: Vec<String>,
    pub in_test: bool,
}

/// A `use`: under which name something of another place is known in a module; `None` for all there is (`*`).
pub struct Import {
    pub module: Vec<String>,
    pub name: Option<String>,
    pub path: Vec<String>,
}

/// A module that has a file of its own.
pub struct ModuleFile {
    pub module: Vec<String>,
    /// `#[path = ".."]`.
    pub path: Option<String>,
    pub in_test: bool,
}

#[derive(Default)]
pub struct Names {
    pub named: Vec<Named>,
    pub imports: Vec<Import>,
    pub module_files: Vec<ModuleFile>,
    /// Where what is defined stands: module and name.
    pub items: Vec<Vec<String>>,
    /// The public structs among them, by their last name.
    pub public_structs: Vec<String>,
    /// Methods that are called, with the lines.
    pub calls: Vec<(usize, String)>,
    module: Vec<String>,
    in_test: bool,
}

impl Names {
    /// Reads the text of a file that is this module.
    pub fn read(text: &str, module: &[String], in_test: bool) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let mut names = Self { module: module.to_vec(), in_test, ..Self::default() };
        names.visit_file(&file);
        Ok(names)
    }

    fn name(&mut self, line: usize, path: Vec<String>) {
        let (module, in_test) = (self.module.clone(), self.in_test);
        self.named.push(Named { line, module, path, in_test });
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(tree2) => {
                path.push(tree2.ident.to_string());
                self.import(&tree2.tree, path);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, path.clone())),
            UseTree::Name(name) => {
                let ident = name.ident.to_string();
                // `use a::b::{self}` is `b`.
                if ident != "self" || path.is_empty() {
                    path.push(ident);
                }
                let known_as = path.last().cloned();
                self.imported(name.ident.span().start().line, known_as, path);
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    path.push(rename.ident.to_string());
                }
                self.imported(rename.ident.span().start().line, Some(rename.rename.to_string()), path);
            }
            UseTree::Glob(glob) => self.imported(glob.star_token.span.start().line, None, path),
        }
    }

    fn imported(&mut self, line: usize, name: Option<String>, path: Vec<String>) {
        self.name(line, path.clone());
        self.imports.push(Import { module: self.module.clone(), name, path });
    }

    fn item(&mut self, ident: &syn::Ident) {
        let mut path = self.module.clone();
        path.push(ident.to_string());
        self.items.push(path);
    }

    /// Macros are read as a row of words: `a::b` is a path, `.a(` a call.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut line): (Vec<String>, usize) = (Vec::new(), 0);
        let mut colons = 0;
        let mut after_dot = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    let (text, at) = (ident.to_string(), ident.span().start().line);
                    if after_dot {
                        self.calls.push((at, text));
                    } else if colons == 2 && !path.is_empty() {
                        path.push(text);
                    } else {
                        self.end_path(line, &mut path);
                        (path, line) = (vec![text], at);
                    }
                    (colons, after_dot) = (0, false);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.end_path(line, &mut path);
                    (colons, after_dot) = (0, matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '.'));
                    if let TokenTree::Group(group) = other {
                        self.read_tokens(group.stream());
                    }
                }
            }
        }
        self.end_path(line, &mut path);
    }

    fn end_path(&mut self, line: usize, path: &mut Vec<String>) {
        if !path.is_empty() {
            let path = std::mem::take(path);
            self.name(line, path);
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.name(line, segments);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.calls.push((call.method.span().start().line, call.method.to_string()));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.read_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.read_tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.item(&item.ident);
        let was_in_test = self.in_test;
        self.in_test |= item.attrs.iter().any(is_cfg_test);
        self.module.push(item.ident.to_string());
        if item.content.is_none() {
            let path = item.attrs.iter().find_map(path_of);
            self.module_files.push(ModuleFile { module: self.module.clone(), path, in_test: self.in_test });
        }
        visit::visit_item_mod(self, item);
        self.module.pop();
        self.in_test = was_in_test;
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.item(&item.ident);
        if matches!(item.vis, Visibility::Public(_)) {
            self.public_structs.push(item.ident.to_string());
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.item(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.item(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.item(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.item(&item.ident);
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.item(&item.ident);
        visit::visit_item_static(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.item(&item.sig.ident);
        visit::visit_item_fn(self, item);
    }
}

/// `#[cfg(test)]` or `#[cfg(any(test, feature = "mock"))]`.
fn is_cfg_test(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    list.path.is_ident("cfg")
        && list.tokens.to_string().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
}

fn path_of(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("path").then(|| text.value())
}
