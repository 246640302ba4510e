<?php
// Make an empty WordPress ready, by its own code: `php wordpress.php FOLDER`.
$folder = $argv[1];
for ($tries = 0; $tries < 600; $tries++) {
    try {
        $database = @new mysqli('localhost', 'root', '', '', 0, getenv('WORDPRESS_SOCKET'));
        break;
    } catch (mysqli_sql_exception $error) {
        usleep(100000);
    }
}
$database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = parse_url(getenv('WORDPRESS_HOME'), PHP_URL_HOST);
require $folder . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Forum', 'owner', 'owner@forum.example', true, '', getenv('WORDPRESS_PASSWORD'));
