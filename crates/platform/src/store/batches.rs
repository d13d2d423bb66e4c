/// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535; the lower number, with room for those beside the rows.
const PARAMETERS: usize = 32_000;

/// `rows` in parts that one statement can take when each row needs so many parameters. Whatever grows with data goes to
/// the database through here.
///
/// ```
/// let ids: Vec<u32> = (0..40_000).collect();
/// let sizes: Vec<_> = platform::store::batches(&ids, 1).map(<[u32]>::len).collect();
/// assert_eq!(sizes, [32_000, 8_000]);
/// assert_eq!(platform::store::batches(&ids, 10).count(), 13);
/// ```
pub fn batches<T>(rows: &[T], parameters_each: usize) -> std::slice::Chunks<'_, T> {
    rows.chunks((PARAMETERS / parameters_each.max(1)).max(1))
}
