//! Whatever reads many rows has a bound: a limit in the statement, or a comment `// bound: ...` that says what keeps the
//! rows few. Rows that only their users' patience keeps few fill the memory one day.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Calls that read all rows of a statement.
const READS: [&str; 6] = [".all(", ".query_all", ".fetch_all(", ".fetch(", ".stream(", ".exec_with_returning"];

/// Fewer than there are; a scan that finds none checks nothing.
const AT_LEAST: usize = 30;

#[test]
fn every_query_for_many_rows_says_its_bound() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut checked, mut offences) = (0, Vec::new());
    for path in files(crates).iter().filter(|path| has_queries(path)) {
        for function in functions(&fs::read_to_string(path).unwrap()) {
            if function.reads_many() {
                checked += 1;
                if !function.is_bounded() {
                    offences.push(format!("{}:{}", path.strip_prefix(crates).unwrap().display(), function.line));
                }
            }
        }
    }
    assert!(checked >= AT_LEAST, "found {checked} queries only: the scan no longer sees them");
    assert!(
        offences.is_empty(),
        "Give it a limit or a page, or say in a comment `// bound: ...` what keeps the rows few:\n  {}",
        offences.join("\n  ")
    );
}

#[test]
fn the_scan_tells_bounded_from_unbounded() {
    let recorded = |body: &str| {
        let text = format!("impl Store {{\n    async fn list(\n        &self,\n    ) -> Rows {{\n{body}\n    }}\n}}\n");
        let functions = functions(&text);
        assert_eq!(functions.len(), 1, "{text}");
        functions[0].reads_many().then(|| functions[0].is_bounded())
    };
    assert_eq!(recorded("        select.all(self.0.reader()).await"), Some(false));
    assert_eq!(
        recorded("        select\n            .all(\n                tx.executor(),\n            )"),
        Some(false)
    );
    assert_eq!(recorded("        executor.query_all_raw(statement).await"), Some(false));
    assert_eq!(recorded("        update.exec_with_returning(tx.executor()).await"), Some(false));
    assert_eq!(recorded("        select.limit(limit).all(self.0.reader()).await"), Some(true));
    assert_eq!(recorded("        // bound: one a type\n        select.all(self.0.reader()).await"), Some(true));
    assert_eq!(recorded("        // select.limit(9)\n        select.all(self.0.reader()).await"), Some(false));
    assert_eq!(recorded("        // bound:\n        select.all(self.0.reader()).await"), Some(false));
    assert_eq!(recorded("        Condition::all().add(words.iter().all(|word| word.is_empty()))"), None);
    assert_eq!(recorded("        select.one(self.0.reader()).await"), None);
    let free = "pub(super) async fn list(db: &Database) -> Rows {\n    select.all(db.reader()).await\n}\n";
    assert!(functions(free).iter().any(|function| function.reads_many() && !function.is_bounded()));
}

/// A function with the lines of its body.
struct Function {
    line: usize,
    lines: Vec<String>,
}

impl Function {
    fn code(&self) -> String {
        self.lines.iter().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
    }

    fn reads_many(&self) -> bool {
        let code = self.code();
        READS.iter().any(|read| {
            code.match_indices(read).any(|(at, _)| {
                let argument = code[at + read.len()..].trim_start();
                // An iterator's `all` takes a closure.
                *read != ".all(" || !argument.starts_with(['|', ')'])
            })
        })
    }

    fn is_bounded(&self) -> bool {
        let says = |line: &String| line.split_once("// bound:").is_some_and(|(_, bound)| !bound.trim().is_empty());
        let code = self.code();
        let limits = [".limit(", "keyset::page(", "in batches("];
        limits.iter().any(|limit| code.contains(limit)) || self.lines.iter().any(says)
    }
}

/// The functions of a source as rustfmt writes it: each ends with the brace that stands below its `fn`. Those inside
/// another belong to it.
fn functions(text: &str) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    let mut open: Option<(Function, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match &mut open {
            None if is_function(line) && !line.ends_with(';') => {
                let function = Function { line: index + 1, lines: vec![line.to_owned()] };
                if line.ends_with('}') {
                    found.push(function);
                } else {
                    open = Some((function, indent.to_owned()));
                }
            }
            None => {}
            Some((function, at)) => {
                function.lines.push(line.to_owned());
                // A declaration in a trait ends without a body.
                let ends = line == format!("{at}}}") || (indent == at && line.ends_with(';'));
                if ends {
                    found.extend(open.take().map(|(function, _)| function));
                }
            }
        }
    }
    assert!(open.is_none(), "a function without an end");
    found
}

fn is_function(line: &str) -> bool {
    let mut line = line.trim_start();
    for word in ["pub(super) ", "pub(crate) ", "pub ", "const ", "async "] {
        line = line.strip_prefix(word).unwrap_or(line);
    }
    line.starts_with("fn ")
}

/// Queries are only under store/, and where the platform lends its connections.
fn has_queries(path: &Path) -> bool {
    let path = path.to_string_lossy().replace('\\', "/");
    !path.ends_with("_tests.rs")
        && path.contains("/src/")
        && (path.contains("/store/") || path.ends_with("/store.rs") || path.contains("/platform/src/"))
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
