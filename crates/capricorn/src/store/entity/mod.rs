pub(super) mod capricorn_order_lines;
pub(super) mod capricorn_order_news;
pub(super) mod capricorn_orders;
