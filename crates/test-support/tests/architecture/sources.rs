//! A crate as a tree of modules, and what the paths in it stand for, however they are written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::names::{Named, Names};

/// A file, its path from the workspace's root with `/` between the parts.
pub struct Source {
    pub path: String,
    /// Which module of the crate it is.
    pub module: Vec<String>,
    pub names: Names,
}

impl Source {
    /// Whether it is in a room of the crate: `store`, `domain`, ...
    pub fn is_in(&self, room: &str) -> bool {
        self.module.iter().any(|part| part == room)
    }

    /// A test file beside the code.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("_tests.rs")
    }

    /// `path:line: what` of each name that `is_wrong`.
    pub fn offences(&self, is_wrong: impl Fn(&Named) -> bool) -> Vec<String> {
        let wrong = self.names.named.iter().filter(|named| is_wrong(named));
        wrong.map(|named| format!("{}:{}: {}", self.path, named.line, named.path.join("::"))).collect()
    }
}

/// The library or program whose first file is `root`.
pub struct Crate {
    pub files: Vec<Source>,
    items: BTreeSet<Vec<String>>,
    imports: BTreeMap<Vec<String>, Vec<String>>,
    /// `use a::*`, by the module it stands in.
    globs: BTreeMap<Vec<String>, Vec<Vec<String>>>,
}

/// Further than any chain of imports is long.
const STEPS: usize = 16;

impl Crate {
    /// Follows the modules from the first file; all files must be found that way.
    pub fn read(workspace: &Path, root: &Path) -> Self {
        let mut files = Vec::new();
        read_file(workspace, root, root.parent().unwrap(), &[], false, &mut files);
        let mut this = Self { files, items: BTreeSet::new(), imports: BTreeMap::new(), globs: BTreeMap::new() };
        for names in this.files.iter().map(|file| &file.names) {
            this.items.extend(names.items.iter().cloned());
            for import in &names.imports {
                let Some(name) = &import.name else {
                    this.globs.entry(import.module.clone()).or_default().push(import.path.clone());
                    continue;
                };
                let known_as = import.module.iter().chain([name]).cloned().collect();
                this.imports.insert(known_as, import.path.clone());
            }
        }
        this
    }

    /// The path from the crate's root (`crate::..`) that a path in a module stands for, `use` and re-exports followed; what
    /// is not of this crate stays as it is.
    pub fn resolve(&self, named: &Named) -> Vec<String> {
        self.follow(&named.module, &named.path, STEPS)
    }

    fn follow(&self, module: &[String], path: &[String], steps: usize) -> Vec<String> {
        let Some((first, rest)) = path.split_first().filter(|_| steps > 0) else { return path.to_vec() };
        let inside = |module: &[String], rest: &[String]| self.descend(module, rest, steps - 1);
        match first.as_str() {
            "crate" => inside(&[], rest),
            "self" => inside(module, rest),
            "super" => {
                let above = &module[..module.len().saturating_sub(1)];
                // `super::super::x` stands in the module above.
                if rest.first().is_some_and(|next| next == "super") {
                    self.follow(above, rest, steps - 1)
                } else {
                    inside(above, rest)
                }
            }
            _ if self.knows(module, first, steps - 1) => inside(module, path),
            _ => path.to_vec(),
        }
    }

    /// Whether a module has this name, by itself or by a `use`.
    fn knows(&self, module: &[String], name: &str, steps: usize) -> bool {
        let here: Vec<String> = module.iter().cloned().chain([name.to_owned()]).collect();
        self.items.contains(&here) || self.imports.contains_key(&here) || self.glob_with(module, name, steps).is_some()
    }

    /// The module of this crate that a `use ..::*` takes the name from.
    fn glob_with(&self, module: &[String], name: &str, steps: usize) -> Option<Vec<String>> {
        let globs = self.globs.get(module)?.iter().filter(|_| steps > 0);
        let mut targets = globs.map(|path| self.follow(module, path, steps - 1));
        targets.find(|target| {
            let is_ours = target.first().is_some_and(|first| first == "crate");
            is_ours && target[1..] != *module && self.knows(&target[1..], name, steps / 2)
        })
    }

    /// What `path` inside a module of this crate stands for.
    fn descend(&self, module: &[String], path: &[String], steps: usize) -> Vec<String> {
        let absolute = |parts: &[String]| ["crate".to_owned()].iter().chain(parts).cloned().collect::<Vec<_>>();
        let Some((first, rest)) = path.split_first().filter(|_| steps > 0) else {
            return absolute(&[module, path].concat());
        };
        let here = [module, std::slice::from_ref(first)].concat();
        if self.items.contains(&here) {
            return self.descend(&here, rest, steps - 1);
        }
        if let Some(target) = self.imports.get(&here) {
            // `use x;` of another crate is known under its own name.
            if target[..] == path[..1] {
                return [target, rest].concat();
            }
            return self.follow(module, &[target, rest].concat(), steps - 1);
        }
        match self.glob_with(module, first, steps - 1) {
            Some(target) => self.descend(&target[1..], path, steps - 1),
            None => absolute(&[module, path].concat()),
        }
    }
}

fn read_file(workspace: &Path, path: &Path, below: &Path, module: &[String], in_test: bool, found: &mut Vec<Source>) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut names = Names::read(&text, module, in_test).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let module_files = std::mem::take(&mut names.module_files);
    let shown = path.strip_prefix(workspace).unwrap().to_string_lossy().replace('\\', "/");
    found.push(Source { path: shown, module: module.to_vec(), names });
    for file in module_files {
        // Modules within modules of one file look in a directory named after them.
        let inner = &file.module[module.len()..file.module.len() - 1];
        let directory = inner.iter().fold(below.to_owned(), |directory, part| directory.join(part));
        let name = file.module.last().unwrap();
        let (path, below) = match &file.path {
            Some(given) => {
                let path = path.parent().unwrap().join(given);
                (path.clone(), path.parent().unwrap().to_owned())
            }
            None => {
                let flat = directory.join(format!("{name}.rs"));
                let path = if flat.is_file() { flat } else { directory.join(name).join("mod.rs") };
                (path, directory.join(name))
            }
        };
        read_file(workspace, &path, &below, &file.module, file.in_test, found);
    }
}

/// All Rust files below a directory.
pub fn rust_files(directory: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(path);
        }
    }
    found
}
