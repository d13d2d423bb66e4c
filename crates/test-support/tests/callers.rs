//! Whatever decides by the kind of a caller names every kind (docs/adding-a-principal.md): a new one then does not compile
//! until each place has an answer for it.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use syn::{
    ExprMatch, Pat,
    visit::{self, Visit},
};

/// The matches on a [`kernel::Subject`] of a file, and the lines of those arms that take any.
#[derive(Default)]
struct Matches {
    found: usize,
    catch_alls: Vec<usize>,
}

impl Matches {
    fn read(text: &str) -> Self {
        let mut matches = Self::default();
        matches.visit_file(&syn::parse_file(text).unwrap());
        matches
    }
}

impl<'a> Visit<'a> for Matches {
    fn visit_expr_match(&mut self, it: &'a ExprMatch) {
        if it.arms.iter().any(|arm| names_a_subject(&arm.pat)) {
            self.found += 1;
            let catch_alls = it.arms.iter().filter(|arm| takes_any(&arm.pat));
            self.catch_alls.extend(catch_alls.map(|arm| arm.fat_arrow_token.spans[0].start().line));
        }
        visit::visit_expr_match(self, it);
    }
}

fn names_a_subject(pattern: &Pat) -> bool {
    struct Paths(bool);
    impl<'a> Visit<'a> for Paths {
        fn visit_path(&mut self, path: &'a syn::Path) {
            let mut segments = path.segments.iter().rev();
            self.0 |= segments.nth(1).is_some_and(|segment| segment.ident == "Subject");
        }
    }
    let mut paths = Paths(false);
    paths.visit_pat(pattern);
    paths.0
}

fn takes_any(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(name) => name.subpat.is_none(),
        Pat::Paren(inner) => takes_any(&inner.pat),
        Pat::Or(one_of) => one_of.cases.iter().any(takes_any),
        Pat::Tuple(all) => all.elems.iter().all(takes_any),
        _ => false,
    }
}

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_kind_of_caller_is_named_wherever_one_is_told_from_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    ["crates", "apps"].iter().for_each(|place| rust_files(&root.join(place), &mut files));
    let (mut found, mut offences) = (0, Vec::new());
    for path in files {
        let matches = Matches::read(&fs::read_to_string(&path).unwrap());
        found += matches.found;
        offences.extend(matches.catch_alls.iter().map(|line| format!("{}:{line}", path.display())));
    }
    assert!(found >= 15, "found {found} matches only: the scan no longer sees them");
    assert!(offences.is_empty(), "Name the other kinds of caller here, too:\n  {}", offences.join("\n  "));
}

#[test]
fn the_scan_tells_arms_that_take_any_caller() {
    let lines = |arms: &str| {
        let matches = Matches::read(&format!("fn decide(caller: Caller) {{\nmatch caller.subject {{\n{arms}\n}}\n}}"));
        (matches.found, matches.catch_alls)
    };
    assert_eq!(lines("Subject::Admin { .. } => 1,\n_ => 2,"), (1, vec![4]));
    assert_eq!(lines("kernel::Subject::System(_) => 1,\nother => 2,"), (1, vec![4]));
    assert_eq!(lines("(Subject::Admin { .. }, true) => 1,\n(_, _) => 2,"), (1, vec![4]));
    assert_eq!(lines("Subject::Admin { .. } => 1,\nSubject::System(_) | Subject::Anonymous(_) => 2,"), (1, vec![]));
    assert_eq!(lines("Some(1) => 1,\n_ => 2,"), (0, vec![]));
}
